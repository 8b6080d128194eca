import type { Product, Variant } from '@doran/product/contract'
import { useFormat } from '../../language/language.ts'
import { Price } from '../../ui/price.tsx'
import { priceRange, soleOffer } from './variants.ts'

export interface ProductPriceProps {
  product: Product
  /** The chosen variant; without it the price is a range. */
  variant: Variant | undefined
  className?: string
}

export function ProductPrice({ product, variant, className = '' }: ProductPriceProps) {
  const { number } = useFormat()
  const { from, to } = priceRange(product)
  const shown = variant ?? soleOffer(product)
  if (!shown) return <Price amount={from} upTo={to} currency="KRW" className={className} />
  const { price, compareAtPrice, currency } = shown
  const off = compareAtPrice ? Math.floor((1 - price / compareAtPrice) * 100) : 0
  return (
    <span className={className}>
      {off > 0 && <span className="mr-2 font-bold text-brand">{number(off)}%</span>}
      <Price amount={price} before={compareAtPrice} currency={currency} />
    </span>
  )
}
