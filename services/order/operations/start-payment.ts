import { inventory } from '@doran/inventory/contract'
import { type Actor, type Context, DomainError, type Handler, newId, sql, type Transaction } from '@doran/kernel'
import { payment } from '@doran/payment/contract'
import { findLines } from '../checkout.ts'
import type { OrderConfig } from '../config.ts'
import type { order } from '../contract.ts'
import { notEnoughStock, orderNotPayable, shopClosed } from '../errors.ts'
import { addHistory, lockOrder, type OrderRow, wasPaymentStarted } from '../orders.ts'
import { assertReturnUrl } from '../return-url.ts'
import { sellsClosedShop } from '../shops.ts'

/** The hold outlasts the order's expiry by this much, because the job that expires orders runs only once a minute. */
const GRACE_MINUTES = 5

/**
 * Stores the attempt to pay, holds the stock, and opens the payment under the attempt's id. A buyer thus learns of
 * missing stock before paying. Every step is repeatable: a repetition continues an interrupted attempt.
 */
export const startPayment: Handler<typeof order, 'startPayment', OrderConfig> = async ({ orderId, returnUrl }, ctx) => {
  assertReturnUrl(returnUrl, ctx.config)
  const attempt = await ctx.db.transaction((tx) => writeAttempt(tx, orderId, ctx.actor))
  if (!attempt.isHeld) {
    await holdStock(attempt, ctx)
    await ctx.db.transaction((tx) => confirmAttempt(tx, attempt))
  }
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

interface Attempt extends OrderRow {
  paymentId: string
  /** True when all of its stock is known to be held. */
  isHeld: boolean
  lines: Awaited<ReturnType<typeof findLines>>
}

/** From here on the order cannot be reduced, because it may have a reservation. */
async function writeAttempt(tx: Transaction, orderId: string, actor: Actor): Promise<Attempt> {
  const found = await lockOrder(tx, orderId, actor)
  if (found.status !== 'awaiting_payment') throw orderNotPayable({ status: found.status })
  if (await sellsClosedShop(tx, orderId)) throw shopClosed()
  const lines = await findLines(tx, orderId)
  const { paymentId } = found
  if (paymentId) return { ...found, paymentId, lines, isHeld: await wasPaymentStarted(tx, orderId, paymentId) }
  const id = newId()
  await tx.later(sql`update "order".orders set payment_id = ${id} where id = ${orderId}`)
  return { ...found, paymentId: id, lines, isHeld: false }
}

/** Holds all lines until the order expires. A repetition finds the existing reservation. */
async function holdStock(attempt: Attempt, ctx: Context): Promise<void> {
  const { id: orderId, expiresAt, lines } = attempt
  const until = new Date(Date.parse(expiresAt) + GRACE_MINUTES * 60_000).toISOString()
  try {
    await ctx.client(inventory).reserve({ orderId, lines, until })
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    // The order was cancelled or has expired meanwhile.
    if (error.code === 'reservation_released') throw orderNotPayable({ status: 'cancelled' })
    if (error.code !== 'out_of_stock') throw error
    await ctx.db.transaction((tx) => withdrawAttempt(tx, attempt))
    throw notEnoughStock({ lines: error.details.lines })
  }
}

/** Withdraws an attempt without stock, so that the order may be reduced and paid again. */
async function withdrawAttempt(tx: Transaction, { id, paymentId }: Attempt): Promise<void> {
  await lockOrder(tx, id)
  if (await wasPaymentStarted(tx, id, paymentId)) return
  await tx.later(sql`update "order".orders set payment_id = null where id = ${id} and payment_id = ${paymentId}`)
}

async function confirmAttempt(tx: Transaction, { id, paymentId }: Attempt): Promise<void> {
  const { status } = await lockOrder(tx, id)
  if (status !== 'awaiting_payment') throw orderNotPayable({ status })
  if (await wasPaymentStarted(tx, id, paymentId)) return
  // Set again, because a concurrent start of the same payment may have been refused the stock and withdrawn the
  // attempt.
  await tx.later(sql`update "order".orders set payment_id = ${paymentId} where id = ${id}`)
  await addHistory(tx, id, 'payment_started', { paymentId })
}
