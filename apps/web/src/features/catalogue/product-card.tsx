import type { Summary } from '@doran/product/contract'
import { Link } from '@tanstack/react-router'
import { useFormat } from '../../language/language.ts'
import { Picture } from '../../ui/picture.tsx'
import { Price } from '../../ui/price.tsx'
import { Skeleton } from '../../ui/states.tsx'

export interface ProductCardProps {
  product: Summary
  /** Width of the card, as in the `sizes` of an image. */
  sizes: string
  /** Above the fold: its picture loads eagerly. */
  first?: boolean
}

export function ProductCard({ product, sizes, first }: ProductCardProps) {
  const { text } = useFormat()
  const { id, name, image, seller, priceFrom, priceTo, currency } = product
  return (
    <Link to="/products/$productId" params={{ productId: id }} className="group block rounded-2xl">
      <Picture
        src={image?.url}
        alt=""
        sizes={sizes}
        first={first}
        className="rounded-2xl [&>img]:transition-transform [&>img]:duration-500 group-hover:[&>img]:scale-[1.03]"
      />
      <span className="mt-3 block truncate text-sm text-muted">{text(seller.name)}</span>
      <span className="mt-0.5 line-clamp-2 leading-snug font-medium group-hover:underline group-hover:decoration-1 group-hover:underline-offset-4">
        {text(name)}
      </span>
      <Price amount={priceFrom} upTo={priceTo} currency={currency} className="mt-1.5 block text-lg" />
    </Link>
  )
}

export function ProductCardSkeleton() {
  return (
    <div>
      <Skeleton className="aspect-square rounded-2xl" />
      <Skeleton className="mt-3.5 h-4 w-2/5" />
      <Skeleton className="mt-2 h-5 w-4/5" />
      <Skeleton className="mt-2.5 h-6 w-3/5" />
    </div>
  )
}
