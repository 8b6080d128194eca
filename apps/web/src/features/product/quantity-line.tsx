import type { Product } from '@doran/product/contract'
import { useFormat, useMessages } from '../../language/language.ts'
import { Price } from '../../ui/price.tsx'
import { Quantity } from '../../ui/quantity.tsx'
import { productMessages } from './messages.ts'
import type { Buying } from './use-buying.ts'

export function QuantityLine({ product, buying }: { product: Product; buying: Buying }) {
  const t = useMessages(productMessages)
  const { text } = useFormat()
  const { variant, quantity, setQuantity, most, unavailable } = buying
  if (unavailable) return null
  return (
    <div className="flex min-h-12 flex-wrap items-center justify-between gap-x-4 gap-y-2">
      <Quantity value={quantity} onChange={setQuantity} max={most} of={text(product.name)} />
      {variant && (
        <p className="ml-auto">
          <span className="mr-2 text-sm text-muted">{t('total')}</span>
          <Price amount={variant.price * quantity} currency={variant.currency} className="text-xl" />
        </p>
      )}
    </div>
  )
}
