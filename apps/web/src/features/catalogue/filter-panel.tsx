import { BrandFilter } from './brand-filter.tsx'
import { PriceFilter } from './price-filter.tsx'

export function FilterPanel({ withBrands, brandsOf }: { withBrands: boolean; brandsOf: string | undefined }) {
  return (
    <div className="space-y-8 pb-4">
      <PriceFilter />
      {withBrands && <BrandFilter category={brandsOf} />}
    </div>
  )
}
