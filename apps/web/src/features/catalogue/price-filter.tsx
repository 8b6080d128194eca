import type { FormEvent } from 'react'
import { useMessages } from '../../language/language.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Choice } from './choice.tsx'
import { inOrder, PRICE_RANGES, type PriceRange, readPrice } from './filters.ts'
import { catalogueMessages } from './messages.ts'
import { useFilters } from './use-filters.ts'
import { usePriceRange } from './use-price-range.ts'

/** Usual price ranges, and a custom one. */
export function PriceFilter() {
  const t = useMessages(catalogueMessages)
  const say = usePriceRange()
  const { filters, change } = useFilters()
  const choices = [{}, ...PRICE_RANGES].map((range) => ({ value: keyOf(range), label: say(range) }))
  const choose = (key: string) => {
    const range: PriceRange = PRICE_RANGES.find((one) => keyOf(one) === key) ?? {}
    change({ minPrice: range.minPrice, maxPrice: range.maxPrice })
  }
  return (
    <Choice legend={t('price')} choices={choices} value={keyOf(filters)} onChange={choose}>
      <OwnRange key={keyOf(filters)} />
    </Choice>
  )
}

function keyOf({ minPrice, maxPrice }: PriceRange): string {
  return `${minPrice ?? ''}-${maxPrice ?? ''}`
}

function OwnRange() {
  const t = useMessages(catalogueMessages)
  const { filters, change } = useFilters()
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const read = (name: string) => readPrice(String(form.get(name)).replace(/\D/g, ''))
    const [minPrice, maxPrice] = inOrder(read('min'), read('max'))
    change({ minPrice, maxPrice })
  }
  const field = { labelHidden: true, inputMode: 'numeric', autoComplete: 'off', maxLength: 13 } as const
  return (
    <form onSubmit={submit} className="mt-2 flex flex-wrap items-center gap-2">
      <TextField
        {...field}
        label={t('minPrice')}
        name="min"
        placeholder={t('min')}
        defaultValue={filters.minPrice}
        className="min-w-20 flex-1"
      />
      <span aria-hidden>–</span>
      <TextField
        {...field}
        label={t('maxPrice')}
        name="max"
        placeholder={t('max')}
        defaultValue={filters.maxPrice}
        className="min-w-20 flex-1"
      />
      <Button type="submit" look="secondary" className="w-full">
        {t('apply')}
      </Button>
    </form>
  )
}
