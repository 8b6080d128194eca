import { useFormat, useMessages } from '../../language/language.ts'
import type { PriceRange } from './filters.ts'
import { catalogueMessages } from './messages.ts'

/** Describes a price range: from, up to, or between. */
export function usePriceRange(): (range: PriceRange) => string {
  const t = useMessages(catalogueMessages)
  const { money } = useFormat()
  return ({ minPrice, maxPrice }) => {
    const min = minPrice === undefined ? '' : money(minPrice, 'KRW')
    const max = maxPrice === undefined ? '' : money(maxPrice, 'KRW')
    if (min && max) return t('between', { min, max })
    if (min) return t('above', { min })
    return max ? t('below', { max }) : t('anyPrice')
  }
}
