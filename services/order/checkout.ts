import { sql, startSaga, type Transaction } from '@doran/kernel'
import type { OrderStatus } from './contract.ts'
import { shopClosed } from './errors.ts'
import { addHistory, lockOrder, type Refusal, refusePayment } from './orders.ts'
import { checkout } from './sagas/checkout.ts'
import { closePayment } from './sagas/close-payment.ts'
import { freeCheckout } from './sagas/free-checkout.ts'
import { sellsClosedShop } from './shops.ts'

/**
 * Starts the checkout saga of an approved payment, once per payment. Gives the payment back when the order cannot be
 * paid any more, contains a part of a closed shop, or has another current payment.
 */
export async function beginCheckout(
  tx: Transaction,
  { orderId, paymentId, failure }: { orderId: string; paymentId: string; failure?: Refusal },
): Promise<void> {
  const { status, paymentId: current } = await lockOrder(tx, orderId)
  const isCurrent = current === paymentId
  if (isCurrent && (status === 'processing' || status === 'paid')) return
  if (!isCurrent || status !== 'awaiting_payment')
    return closePayment(tx, paymentId, 'The order cannot be paid any more.')
  if (failure) return refusePayment(tx, orderId, failure)
  if (await sellsClosedShop(tx, orderId)) {
    const refusal = shopClosed()
    await closePayment(tx, paymentId, refusal.message)
    return refusePayment(tx, orderId, refusal)
  }

  await tx.later(sql`update "order".orders set status = 'processing', failure = null where id = ${orderId}`)
  await addHistory(tx, orderId, 'payment_approved', { paymentId })
  await startSaga(tx, checkout, paymentId, { orderId, paymentId, lines: await findLines(tx, orderId) })
}

/** Starts the checkout of an order that costs nothing. Returns the order's new status. */
export async function beginFreeCheckout(tx: Transaction, orderId: string): Promise<OrderStatus> {
  const status = 'processing'
  await tx.later(sql`update "order".orders set status = ${status} where id = ${orderId}`)
  await startSaga(tx, freeCheckout, orderId, { orderId, lines: await findLines(tx, orderId) })
  return status
}

/** The quantities that the order takes from stock. */
export function findLines(tx: Transaction, orderId: string): Promise<{ sku: string; quantity: number }[]> {
  return tx.all(sql`
    select l.sku, l.quantity from "order".order_lines l
    join "order".seller_orders s on s.id = l.seller_order_id
    where s.order_id = ${orderId} order by l.sku`)
}
