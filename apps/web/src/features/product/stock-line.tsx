import { useMessages } from '../../language/language.ts'
import { productMessages } from './messages.ts'
import type { Buying } from './use-buying.ts'

const FEW = 5

/** How much there is of what is chosen. Its place is kept while that is not known. */
export function StockLine({ buying }: { buying: Buying }) {
  const t = useMessages(productMessages)
  const { variant, left, unavailable } = buying
  const say = () => {
    if (unavailable) return <span className="text-alert">{t('soldOut')}</span>
    if (!variant) return <span className="font-normal text-muted">{t('chooseOptions')}</span>
    if (left === undefined) return null
    return left > FEW ? (
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
