import { useQuery } from '@tanstack/react-query'
import { useFormat, useMessages } from '../../language/language.ts'
import { Button } from '../../ui/button.tsx'
import { X } from '../../ui/icons.ts'
import { brandsQuery } from './api/brands.ts'
import { catalogueMessages } from './messages.ts'
import { useFilters } from './use-filters.ts'
import { usePriceRange } from './use-price-range.ts'

export interface ActiveFiltersProps {
  brandsOf: string | undefined
  /** Called after a removal: the focused button has disappeared. */
  onRemoved: () => void
}

const NO_PRICE = { minPrice: undefined, maxPrice: undefined }
const NO_BRAND = { brand: undefined }

/** The active filters, each with a button that removes it. */
export function ActiveFilters({ brandsOf, onRemoved }: ActiveFiltersProps) {
  const t = useMessages(catalogueMessages)
  const { text } = useFormat()
  const sayPrice = usePriceRange()
  const { filters, change } = useFilters()
  const { data: brands } = useQuery({ ...brandsQuery(brandsOf), enabled: filters.brand !== undefined })
  const { brand, minPrice, maxPrice } = filters
  const remove = (what: typeof NO_PRICE | typeof NO_BRAND) => {
    change(what)
    onRemoved()
  }
  const brandName = brands?.find(({ slug }) => slug === brand)?.name
  const priced = minPrice !== undefined || maxPrice !== undefined
  if (!brand && !priced) return null
  return (
    <fieldset className="mb-6 flex flex-wrap items-center gap-2">
      <legend className="sr-only">{t('active')}</legend>
      {priced && <Chip label={sayPrice(filters)} onRemove={() => remove(NO_PRICE)} />}
      {brand && <Chip label={brandName ? text(brandName) : brand} onRemove={() => remove(NO_BRAND)} />}
      <Button look="quiet" onClick={() => remove({ ...NO_PRICE, ...NO_BRAND })}>
        {t('clear')}
      </Button>
    </fieldset>
  )
}

function Chip({ label, onRemove }: { label: string; onRemove: () => void }) {
  const t = useMessages(catalogueMessages)
  return (
    <button
      type="button"
      onClick={onRemove}
      aria-label={t('remove', { filter: label })}
      className="flex min-h-11 items-center gap-2 rounded-full bg-brand-soft pr-3 pl-4 text-[0.95rem] font-semibold text-on-brand-soft"
    >
      {label}
      <X className="size-4" aria-hidden />
    </button>
  )
}
