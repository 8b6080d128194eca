import { inventory } from '@doran/inventory/contract'
import { type Context, DomainError, type Handler, newId, sql, type Transaction } from '@doran/kernel'
import { payment } from '@doran/payment/contract'
import { findLines } from '../checkout.ts'
import type { OrderConfig } from '../config.ts'
import type { order } from '../contract.ts'
import { notEnoughStock, orderNotPayable, shopClosed } from '../errors.ts'
import { addHistory, lockOrder, type OrderRow } from '../orders.ts'
import { assertReturnUrl } from '../return-url.ts'
import { sellsClosedShop } from '../shops.ts'

/** Minutes for which stock is held beyond an order's time: the job that ends orders runs once a minute. */
const GRACE_MINUTES = 5

/**
 * Stock first: whoever cannot have everything hears of it before they pay. The attempt to pay is written down before the
 * payment service is asked, and the payment has the attempt's id: asking twice opens one payment.
 */
export const startPayment: Handler<typeof order, 'startPayment', OrderConfig> = async ({ orderId, returnUrl }, ctx) => {
  assertReturnUrl(returnUrl, ctx.config)
  const attempt = await ctx.db.transaction(async (tx) => {
    const found = await lockOrder(tx, orderId, ctx.actor)
    if (found.status !== 'awaiting_payment') throw orderNotPayable({ status: found.status })
    if (await sellsClosedShop(tx, orderId)) throw shopClosed()
    if (found.paymentId) return { ...found, paymentId: found.paymentId }
    // The order stays locked meanwhile, so it is neither reduced nor given up between its hold and its payment.
    await holdStock(tx, found, ctx)
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

/** Holds all lines until the order expires. A second attempt to pay finds them held. */
async function holdStock(tx: Transaction, { id, expiresAt }: OrderRow, ctx: Context): Promise<void> {
  const lines = await findLines(tx, id)
  const until = new Date(Date.parse(expiresAt) + GRACE_MINUTES * 60_000).toISOString()
  try {
    await ctx.client(inventory).reserve({ orderId: id, lines, until })
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'out_of_stock') throw error
    throw notEnoughStock({ lines: error.details.lines })
  }
}
