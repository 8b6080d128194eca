import type { Product } from '@doran/product/contract'
import { useFormat, useMessages } from '../../language/language.ts'
import { CreditCard, MapPin, Truck } from '../../ui/icons.ts'
import { productMessages } from './messages.ts'

export function Delivery({ seller }: Pick<Product, 'seller'>) {
  const t = useMessages(productMessages)
  const { text } = useFormat()
  const lines = [
    { Icon: CreditCard, line: t('deliveryPrice') },
    { Icon: MapPin, line: t('deliveryPlace') },
    { Icon: Truck, line: t('deliveryBy', { seller: text(seller.name) }) },
  ]
  return (
    <section className="rounded-2xl bg-sunken p-5 text-[0.95rem]">
      <h2 className="mb-2 font-bold">{t('delivery')}</h2>
      <ul className="space-y-1.5 text-muted">
        {lines.map(({ Icon, line }) => (
          <li key={line} className="flex items-start gap-2.5">
            <Icon className="mt-1 size-4 shrink-0" aria-hidden />
            {line}
          </li>
        ))}
      </ul>
    </section>
  )
}
