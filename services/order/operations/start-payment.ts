import { type Handler, newId, sql } from '@doran/kernel'
import { payment } from '@doran/payment/contract'
import type { order } from '../contract.ts'
import { orderNotPayable, shopClosed } from '../errors.ts'
import { addHistory, lockOrder } from '../orders.ts'
import { sellsClosedShop } from '../shops.ts'

/**
 * The attempt to pay is written down before the payment service is asked, and the payment has the attempt's id:
 * asking twice opens one payment.
 */
export const startPayment: Handler<typeof order, 'startPayment'> = async ({ orderId, returnUrl }, ctx) => {
  const attempt = await ctx.db.transaction(async (tx) => {
    const found = await lockOrder(tx, orderId, ctx.actor)
    if (found.status !== 'awaiting_payment') throw orderNotPayable({ status: found.status })
    if (await sellsClosedShop(tx, orderId)) throw shopClosed()
    if (found.paymentId) return { ...found, paymentId: found.paymentId }
    const paymentId = newId()
    await tx.later(sql`update "order".orders set payment_id = ${paymentId} where id = ${orderId}`)
    await addHistory(tx, orderId, 'payment_started', { paymentId })
    return { ...found, paymentId }
  })
  const opened = await ctx.client(payment).createPayment({
    paymentId: attempt.paymentId,
    orderId,
    buyerId: attempt.buyerId,
    amount: attempt.total,
    currency: attempt.currency,
    title: attempt.number,
    returnUrl,
  })
  return { paymentId: opened.id, paymentUrl: opened.paymentUrl, expiresAt: attempt.expiresAt }
}
