import type { OrderStatus, SellerOrderStatus } from '@doran/order/contract'
import { useMessages } from '../../language/language.ts'
import { ordersMessages } from './messages.ts'

const GOOD = 'bg-leaf-soft text-leaf'
const WAITING = 'bg-sun-soft text-on-sun-soft'
const OVER = 'bg-sunken text-muted'

const LOOKS: Record<OrderStatus | SellerOrderStatus, string> = {
  awaiting_payment: WAITING,
  processing: WAITING,
  paid: GOOD,
  cancelled: OVER,
  expired: OVER,
  pending: WAITING,
  preparing: GOOD,
  cancelling: WAITING,
}

const BADGE = 'inline-flex shrink-0 items-center rounded-full px-3 py-1 text-sm font-semibold'

export function OrderBadge({ status }: { status: OrderStatus }) {
  const t = useMessages(ordersMessages)
  return <span className={`${BADGE} ${LOOKS[status]}`}>{t(`status_${status}`)}</span>
}

export function PartBadge({ status }: { status: SellerOrderStatus }) {
  const t = useMessages(ordersMessages)
  return <span className={`${BADGE} ${LOOKS[status]}`}>{t(`part_${status}`)}</span>
}
