/** Parts whose money was given back past Doran: they wait until an administrator lets them go on or cancels them. */
import { publish, sql, type Transaction } from '@doran/kernel'
import { type Order, orderHeld, orderResumed, type SellerOrder } from './contract.ts'
import { orderNotHeld } from './errors.ts'
import { addHistory, getOrderView, lockOrder, partsForEvent } from './orders.ts'

/**
 * Takes in that money of an order's payment was given back past Doran. While its checkout runs the amount is only noted:
 * {@link holdReturned} finds it. Other payments of the order, which are taken back as a whole, hold nothing.
 */
export async function takeInReturned(
  tx: Transaction,
  { orderId, paymentId, amount }: { orderId: string; paymentId: string; amount: number },
): Promise<void> {
  const { status, paymentId: current } = await lockOrder(tx, orderId)
  if (current !== paymentId || (status !== 'paid' && status !== 'processing')) return
  await tx.later(sql`update "order".orders set returned = returned + ${amount} where id = ${orderId}`)
  if (status === 'paid') await hold(tx, orderId, amount)
}

/** Holds what is not shipped of a paid order when money of it was given back past Doran before. */
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

/** Lets the held parts go on as if nothing had been given back. */
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
