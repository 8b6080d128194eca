import type { OrderSummary } from '@doran/order/contract'
import { Link } from '@tanstack/react-router'
import { useFormat, useMessages } from '../../language/language.ts'
import { ChevronRight } from '../../ui/icons.ts'
import { ordersMessages } from './messages.ts'
import { OrderBadge } from './status-badge.tsx'

/** An order in the list; the whole card links to it. */
export function OrderCard({ order }: { order: OrderSummary }) {
  const t = useMessages(ordersMessages)
  const { text, money, date } = useFormat()
  const { id, number, status, total, refunded, currency, placedAt, firstLine, lineCount } = order
  const name = text(firstLine)
  return (
    <li className="relative rounded-3xl border border-line bg-surface p-5 transition-colors hover:border-field-line sm:p-6">
      <div className="flex items-start justify-between gap-3">
        <p className="text-sm text-muted">
          <time dateTime={placedAt}>{date(placedAt)}</time>
          <span className="block sm:ml-3 sm:inline">{number}</span>
        </p>
        <OrderBadge status={status} />
      </div>
      <h2 className="mt-3 pr-8 text-lg font-bold">
        <Link
          to="/orders/$orderId"
          params={{ orderId: id }}
          className="after:absolute after:inset-0 after:rounded-3xl focus-visible:outline-none focus-visible:after:outline-3 focus-visible:after:outline-offset-2 focus-visible:after:outline-brand"
        >
          {lineCount > 1 ? t('andMore', { name, count: lineCount - 1 }) : name}
        </Link>
      </h2>
      <div className="mt-1 flex items-center justify-between">
        <p>
          <span className="font-semibold">{money(total, currency)}</span>
          {refunded > 0 && (
            <span className="ml-2 text-sm text-muted">{t('refundOf', { amount: money(refunded, currency) })}</span>
          )}
        </p>
        <ChevronRight className="size-5 text-muted" aria-hidden />
      </div>
    </li>
  )
}
