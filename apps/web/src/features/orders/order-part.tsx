import type { Order } from '@doran/order/contract'
import { Link } from '@tanstack/react-router'
import { useFormat, useMessages } from '../../language/language.ts'
import { Button } from '../../ui/button.tsx'
import { Picture } from '../../ui/picture.tsx'
import { ordersMessages } from './messages.ts'
import { PartBadge } from './status-badge.tsx'

export interface OrderPartProps {
  part: Order['sellers'][number]
  currency: string
  /** Absent if this part cannot be cancelled by itself. */
  onCancel?: (() => void) | undefined
}

/** One seller's part of an order. */
export function OrderPart({ part, currency, onCancel }: OrderPartProps) {
  const t = useMessages(ordersMessages)
  const { text, money } = useFormat()
  const { sellerId, sellerName, subtotal, lines } = part
  const seller = text(sellerName)
  return (
    <section aria-label={seller} className="rounded-3xl border border-line bg-surface px-4 sm:px-6">
      <div className="flex min-h-14 items-center justify-between gap-3 border-b border-line py-2">
        <h2 className="font-bold">
          <Link to="/sellers/$sellerId" params={{ sellerId }} className="flex min-h-11 items-center hover:text-brand">
            {seller}
          </Link>
        </h2>
        <PartBadge part={part} />
      </div>
      <ul className="divide-y divide-line">
        {lines.map((line) => (
          <Line key={line.sku} line={line} currency={currency} />
        ))}
      </ul>
      <div className="flex min-h-14 flex-wrap items-center justify-between gap-3 border-t border-line py-2">
        <p className="text-muted">
          {t('subtotal')} <span className="ml-1 font-semibold text-ink">{money(subtotal, currency)}</span>
        </p>
        {onCancel && (
          <Button look="quiet" size="medium" onClick={onCancel}>
            {t('cancelPart', { seller })}
          </Button>
        )}
      </div>
    </section>
  )
}

function Line({ line, currency }: { line: OrderPartProps['part']['lines'][number]; currency: string }) {
  const t = useMessages(ordersMessages)
  const { text, money } = useFormat()
  const { productId, name, optionText, image, quantity, total } = line
  const options = text(optionText)
  return (
    <li className="flex gap-4 py-4">
      <Picture src={image} alt="" sizes="5rem" className="size-18 shrink-0 rounded-2xl" />
      <div className="min-w-0 flex-1">
        <Link to="/products/$productId" params={{ productId }} className="font-semibold hover:text-brand">
          {text(name)}
        </Link>
        <p className="text-sm text-muted">
          {[options, t('quantity', { count: quantity })].filter(Boolean).join(' · ')}
        </p>
      </div>
      <p className="font-semibold whitespace-nowrap">{money(total, currency)}</p>
    </li>
  )
}
