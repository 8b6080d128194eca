import { useMessages } from '../../language/language.ts'
import { productMessages } from './messages.ts'
import type { Buying } from './use-buying.ts'

const LOW_STOCK = 5

/** The stock of the chosen variant. It reserves its space while the stock is unknown. */
export function StockLine({ buying }: { buying: Buying }) {
  const t = useMessages(productMessages)
  const { variant, left, unavailable } = buying
  const say = () => {
    if (unavailable) return <span className="text-alert">{t('soldOut')}</span>
    if (!variant) return <span className="font-normal text-muted">{t('chooseOptions')}</span>
    if (left === undefined) return null
    return left > LOW_STOCK ? (
      <span className="text-leaf">{t('inStock')}</span>
    ) : (
      <span className="text-alert">{t('left', { count: left })}</span>
    )
  }
  return (
    <p role="status" className="min-h-6 text-[0.95rem] font-semibold">
      {say()}
    </p>
  )
}
