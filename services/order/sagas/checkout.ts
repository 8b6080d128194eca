import { inventory, Lines } from '@doran/inventory/contract'
import { type Context, publish, type SagaTurn, saga, sql, step, type Transaction } from '@doran/kernel'
import { Id, type Static, Type } from '@doran/kernel/contract'
import { payment } from '@doran/payment/contract'
import { orderPaid } from '../contract.ts'
import { holdReturned } from '../held-parts.ts'
import { addHistory, announce, cancelWhole, getOrderView, lockOrder, partsForEvent, refusePayment } from '../orders.ts'

const CheckoutInput = Type.Object({ orderId: Id, paymentId: Id, lines: Lines })
type CheckoutInput = Static<typeof CheckoutInput>

/** For so long a buyer waits for services that are away; then the order is given up before any money is taken. */
export const GIVE_UP_AFTER_MS = 120_000

/**
 * From the buyer's consent to a paid order: money and stock are held, then taken, or both given back. Once the money is
 * taken, only goods that are sold out meanwhile turn it round.
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

/** The order is paid; `paymentId` is null for one that costs nothing. */
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

/** An order that may be paid again keeps its stock until it expires: a release would be final. */
async function releaseStock({ orderId }: CheckoutInput, ctx: Context<undefined>, { reason }: SagaTurn) {
  if (!STOCK_STEPS.includes(reason.step)) return
  await ctx.client(inventory).release({ orderId })
}

/**
 * The last thing to be taken back: with it the order is settled too, and the buyer is told why. Whatever became of the
 * payment: the payment service looks it up before it gives it back.
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

/** Trying to pay again would not help when these refuse. */
const STOCK_STEPS = ['reserve-stock', 'commit-stock']
