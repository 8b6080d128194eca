import type { Summary } from '@doran/product/contract'
import type { Ref } from 'react'
import { Waiting } from '../../ui/states.tsx'
import { ProductCard, ProductCardSkeleton } from './product-card.tsx'

const GRID = 'grid grid-cols-2 gap-x-4 gap-y-9 sm:grid-cols-3 sm:gap-x-6 xl:grid-cols-4'
const SIZES = '(min-width: 1280px) 225px, (min-width: 1024px) 28vw, (min-width: 640px) 31vw, 45vw'
const ABOVE_THE_FOLD = 4

export function ProductGrid({ products, ref }: { products: Summary[]; ref?: Ref<HTMLUListElement> }) {
  return (
    <ul ref={ref} className={GRID}>
      {products.map((product, index) => (
        <li key={product.id}>
          <ProductCard product={product} sizes={SIZES} first={index < ABOVE_THE_FOLD} />
        </li>
      ))}
    </ul>
  )
}

export function ProductGridSkeleton() {
  return (
    <Waiting>
      <div className={GRID}>
        {Array.from({ length: 8 }, (_, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the items are all alike
          <ProductCardSkeleton key={index} />
        ))}
      </div>
    </Waiting>
  )
}
