import { inventory, Lines } from '@doran/inventory/contract'
import { type Context, publish, type SagaTurn, saga, sql, step, type Transaction } from '@doran/kernel'
import { Id, type Static, Type } from '@doran/kernel/contract'
import { payment } from '@doran/payment/contract'
import { orderPaid } from '../contract.ts'
import { holdReturned } from '../held-parts.ts'
import { addHistory, announce, cancelWhole, getOrderView, lockOrder, partsForEvent, refusePayment } from '../orders.ts'

const CheckoutInput = Type.Object({ orderId: Id, paymentId: Id, lines: Lines })
type CheckoutInput = Static<typeof CheckoutInput>

/** How long the checkout waits for unavailable services before it gives the order up. Applies before money is taken. */
export const GIVE_UP_AFTER_MS = 120_000

/**
 * Turns an approved payment into a paid order: holds money and stock and then takes both, or gives both back. Once the
 * money is captured, only goods that have sold out meanwhile turn the saga round.
 */
export const checkout = saga('checkout', {
  version: 2,
  continues: [1],
  input: CheckoutInput,
  steps: [
    step('authorise-payment', { act: authorisePayment, undo: givePaymentBack, giveUpAfterMs: GIVE_UP_AFTER_MS }),
    step('reserve-stock', { act: reserveStock, undo: releaseStock, giveUpAfterMs: GIVE_UP_AFTER_MS }),
    step('capture-payment', { act: capturePayment, pivot: true }),
    step('commit-stock', { act: commitStock, turnsRoundOn: ['out_of_stock'] }),
    step('confirm-order', { record: confirmOrder }),
  ],
})

async function authorisePayment({ paymentId }: CheckoutInput, ctx: Context<undefined>) {
  const { status } = await ctx.client(payment).authorise({ paymentId })
  return { status }
}

async function reserveStock({ orderId, lines }: CheckoutInput, ctx: Context<undefined>) {
  const { state } = await ctx.client(inventory).reserve({ orderId, lines })
  return { state }
}

async function capturePayment({ paymentId }: CheckoutInput, ctx: Context<undefined>) {
  const { status } = await ctx.client(payment).capture({ paymentId })
  return { status }
}

async function commitStock({ orderId }: CheckoutInput, ctx: Context<undefined>) {
  const { state } = await ctx.client(inventory).commit({ orderId })
  return { state }
}

/** Marks the order as paid; `paymentId` is null for an order that costs nothing. */
export async function confirmOrder(
  { orderId, paymentId }: { orderId: string; paymentId: string | null },
  tx: Transaction,
  ctx: Pick<Context<undefined>, 'channel'>,
) {
  await tx.later(sql`update "order".orders set status = 'paid', paid_at = now() where id = ${orderId}`)
  await tx.later(sql`update "order".seller_orders set status = 'preparing' where order_id = ${orderId}`)
  await addHistory(tx, orderId, 'paid', { paymentId })
  const { number, buyerId, total, currency, sellers } = await getOrderView(tx, orderId)
  await publish(tx, orderPaid, {
    orderId,
    number,
    buyerId,
    total,
    currency,
    paymentId,
    sellers: partsForEvent(sellers),
  })
  await holdReturned(tx, orderId)
  await announce(tx, orderId, ctx)
}

/**
 * Releases the stock only when the order is cancelled. An order that may be paid again keeps it: a release is final.
 */
async function releaseStock({ orderId }: CheckoutInput, ctx: Context<undefined>, { reason }: SagaTurn) {
  if (!STOCK_STEPS.includes(reason.step)) return
  await ctx.client(inventory).release({ orderId })
}

/**
 * The last compensation: gives the payment back, settles the order and tells the buyer why. It works whatever the
 * outcome of the authorisation, because the payment service looks the payment up before it gives it back.
 */
async function givePaymentBack({ orderId, paymentId }: CheckoutInput, ctx: Context<undefined>, { reason }: SagaTurn) {
  await ctx.client(payment).cancelPayment({ paymentId, reason: reason.message.slice(0, 200) })
  await ctx.db.transaction(async (tx) => {
    const { status, paymentId: current } = await lockOrder(tx, orderId)
    // A repetition after a crash finds the order settled.
    if (status !== 'processing' || current !== paymentId) return
    if (STOCK_STEPS.includes(reason.step))
      await cancelWhole(tx, orderId, { code: reason.code, message: reason.message })
    else await refusePayment(tx, orderId, reason)
    await announce(tx, orderId, ctx)
  })
}

/** A refusal of these steps cancels the order, because paying again would not help. */
const STOCK_STEPS = ['reserve-stock', 'commit-stock']
