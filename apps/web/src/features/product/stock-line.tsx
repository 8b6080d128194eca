import { useMessages } from '../../language/language.ts'
import { productMessages } from './messages.ts'
import type { Buying } from './use-buying.ts'

const FEW = 5

/** How much there is of what is chosen. Its place is kept, as it changes with the choice. */
export function StockLine({ buying: { variant, left, unavailable, stock } }: { buying: Buying }) {
  const t = useMessages(productMessages)
  const few = left !== undefined && left <= FEW
  return (
    <p role="status" className="min-h-6 text-sm font-semibold">
      {stock && unavailable ? (
        <span className="text-alert">{t('soldOut')}</span>
      ) : (
        variant &&
        left !== undefined && (
          <span className={few ? 'text-alert' : 'text-leaf'}>{few ? t('left', { count: left }) : t('inStock')}</span>
        )
      )}
    </p>
  )
}
