import type { Product, Variant } from '@doran/product/contract'
import { Link } from '@tanstack/react-router'
import { useFormat } from '../../language/language.ts'
import { ChevronRight, Store } from '../../ui/icons.ts'
import { PRODUCT } from './product-look.ts'
import { ProductPrice } from './product-price.tsx'

export function Title({ product, variant }: { product: Product; variant: Variant | undefined }) {
  const { text } = useFormat()
  const { seller, brand, name } = product
  return (
    <div>
      <Link
        to="/sellers/$sellerId"
        params={{ sellerId: seller.id }}
        className="-ml-1 inline-flex min-h-11 items-center gap-2 rounded-lg px-1 text-[0.95rem] font-medium text-muted hover:text-ink hover:underline"
      >
        <Store className="size-4" aria-hidden />
        {text(seller.name)}
        <ChevronRight className="-ml-1 size-4" aria-hidden />
      </Link>
      {brand && <p className="mt-1 font-semibold text-muted">{text(brand.name)}</p>}
      <h1 className={PRODUCT.title}>{text(name)}</h1>
      <ProductPrice product={product} variant={variant} className="mt-3 block text-2xl sm:text-3xl" />
    </div>
  )
}
