import type { OrderStatus, SellerOrder, SellerOrderStatus } from '@doran/order/contract'
import { useMessages } from '../../language/language.ts'
import { isHeld } from './held.ts'
import { ordersMessages } from './messages.ts'

const GOOD = 'bg-leaf-soft text-leaf'
const WAITING = 'bg-sun-soft text-on-sun-soft'
const OVER = 'bg-sunken text-muted'

/** The name and colour of each state. */
export const ORDER_STATES = {
  awaiting_payment: { text: 'status_awaiting_payment', look: WAITING },
  processing: { text: 'status_processing', look: WAITING },
  paid: { text: 'status_paid', look: GOOD },
  cancelled: { text: 'status_cancelled', look: OVER },
  expired: { text: 'status_expired', look: OVER },
} as const satisfies Record<OrderStatus, object>

const PART_STATES = {
  pending: { text: 'part_pending', look: WAITING },
  preparing: { text: 'part_preparing', look: GOOD },
  cancelling: { text: 'part_cancelling', look: WAITING },
  cancelled: { text: 'part_cancelled', look: OVER },
} as const satisfies Record<SellerOrderStatus, object>

const HELD = { text: 'part_held', look: WAITING } as const

export function OrderBadge({ status }: { status: OrderStatus }) {
  return <Badge {...ORDER_STATES[status]} />
}

export function PartBadge({ part }: { part: SellerOrder }) {
  return <Badge {...(isHeld(part) ? HELD : PART_STATES[part.status])} />
}

type State = typeof HELD | (typeof ORDER_STATES)[OrderStatus] | (typeof PART_STATES)[SellerOrderStatus]

function Badge({ text, look }: State) {
  const t = useMessages(ordersMessages)
  return (
    <span className={`inline-flex shrink-0 items-center rounded-full px-3 py-1 text-sm font-semibold ${look}`}>
      {t(text)}
    </span>
  )
}
