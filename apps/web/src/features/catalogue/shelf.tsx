import type { Summary } from '@doran/product/contract'
import { Waiting } from '../../ui/states.tsx'
import { ProductCard, ProductCardSkeleton } from './product-card.tsx'

const GRID = 'grid grid-cols-2 gap-x-4 gap-y-9 sm:gap-x-6 md:grid-cols-4'
const SIZES = '(min-width: 1280px) 290px, (min-width: 768px) 23vw, 45vw'

/** A few products; placeholders while they load. */
export function Shelf({ products, count }: { products: Summary[] | undefined; count: number }) {
  if (!products) {
    return (
      <Waiting>
        <div className={GRID}>
          {Array.from({ length: count }, (_, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the items are all alike
            <ProductCardSkeleton key={index} />
          ))}
        </div>
      </Waiting>
    )
  }
  return (
    <ul className={GRID}>
      {products.map((product) => (
        <li key={product.id}>
          <ProductCard product={product} sizes={SIZES} />
        </li>
      ))}
    </ul>
  )
}
