/** Parts whose money was refunded outside Doran. They wait until an administrator resumes or cancels them. */
import { publish, sql, type Transaction } from '@doran/kernel'
import { type Order, orderHeld, orderResumed, type SellerOrder } from './contract.ts'
import { orderNotHeld } from './errors.ts'
import { addHistory, getOrderView, lockOrder, partsForEvent } from './orders.ts'

/**
 * Records a refund that was made outside Doran, and holds the parts of a paid order. While the checkout runs, it only
 * stores the amount, and {@link holdReturned} holds the parts later. Refunds of the order's other payments hold
 * nothing, because those payments are given back as a whole.
 */
export async function recordReturned(
  tx: Transaction,
  { orderId, paymentId, amount }: { orderId: string; paymentId: string; amount: number },
): Promise<void> {
  const { status, paymentId: current } = await lockOrder(tx, orderId)
  if (current !== paymentId || (status !== 'paid' && status !== 'processing')) return
  await tx.later(sql`update "order".orders set returned = returned + ${amount} where id = ${orderId}`)
  if (status === 'paid') await hold(tx, orderId, amount)
}

/** Holds the unshipped parts of a paid order if money was refunded outside Doran earlier. */
export async function holdReturned(tx: Transaction, orderId: string): Promise<void> {
  const { returned } = await tx.one<{ returned: number }>(sql`
    select returned from "order".orders where id = ${orderId}`)
  if (returned > 0) await hold(tx, orderId, returned)
}

async function hold(tx: Transaction, orderId: string, returned: number): Promise<void> {
  const held = await tx.run(sql`
    update "order".seller_orders set held_at = now() where order_id = ${orderId} and status = 'preparing'`)
  if (held === 0) return
  await addHistory(tx, orderId, 'held', { returned })
  const view = await getOrderView(tx, orderId)
  await publish(tx, orderHeld, { ...about(view), returned, sellers: partsForEvent(heldOf(view)) })
}

/** Resumes the held parts as if no money had been refunded. */
export async function resumeParts(tx: Transaction, order: Order, reason: string): Promise<void> {
  const parts = getHeld(order)
  await tx.later(sql`update "order".seller_orders set held_at = null where order_id = ${order.id}`)
  await addHistory(tx, order.id, 'resumed', { reason })
  await publish(tx, orderResumed, { ...about(order), reason, sellers: partsForEvent(parts) })
}

/** The held parts. Raises `order_not_held`. */
export function getHeld(order: Order): SellerOrder[] {
  const parts = heldOf(order)
  if (parts.length === 0) throw orderNotHeld()
  return parts
}

const heldOf = ({ sellers }: Order) => sellers.filter(({ held, status }) => held && status === 'preparing')

const about = ({ id, number, buyerId, currency, total }: Order) => ({ orderId: id, number, buyerId, currency, total })
