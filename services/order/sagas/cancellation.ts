import { inventory, Lines } from '@doran/inventory/contract'
import {
  type Context,
  publish,
  type SagaTurn,
  type StepResults,
  saga,
  sql,
  step,
  type Transaction,
} from '@doran/kernel'
import { Amount, Id, type Static, Type } from '@doran/kernel/contract'
import { payment } from '@doran/payment/contract'
import { orderCancelled } from '../contract.ts'
import { holdReturned } from '../held-parts.ts'
import { addHistory, getOrderView, lockOrder, partsForEvent } from '../orders.ts'

const CancellationInput = Type.Object({
  orderId: Id,
  paymentId: Id,
  /** Also the id of the refund and part of the restock's reference. */
  cancellationId: Id,
  sellerOrderIds: Type.Array(Id),
  amount: Amount,
  lines: Lines,
  reason: Type.String(),
})
type CancellationInput = Static<typeof CancellationInput>

/** No refusal turns the saga round here: the money is already refunded, or nothing was paid. */
export const restockGoods = step('restock', { act: restock, turnsRoundOn: [] })

/**
 * Cancels parts of a paid order: refunds the money first, then restocks the goods. Once the refund has succeeded,
 * nothing resumes the parts.
 */
export const cancellation = saga('cancellation', {
  version: 2,
  continues: [1],
  input: CancellationInput,
  steps: [
    step('refund-payment', { act: refundPayment, undo: resumeOrder, pivot: true }),
    restockGoods,
    step('cancel-parts', { record: recordCancelled }),
  ],
})

async function refundPayment(input: CancellationInput, ctx: Context<undefined>) {
  const { paymentId, cancellationId, amount, reason } = input
  const refund = await ctx.client(payment).refund({ paymentId, refundId: cancellationId, amount, reason })
  return { refundId: refund.id }
}

/** The inventory skips goods that it no longer knows; the parts are cancelled all the same. */
function restock(
  { cancellationId, lines }: Pick<CancellationInput, 'cancellationId' | 'lines'>,
  ctx: Context<undefined>,
) {
  return ctx.client(inventory).restock({ reference: `cancellation:${cancellationId}`, lines })
}

/** Marks the parts as cancelled, with `amount` refunded for them. */
export async function recordCancelled(
  input: Omit<CancellationInput, 'paymentId' | 'lines'>,
  tx: Transaction,
  _ctx: Context<undefined>,
  results: StepResults,
) {
  // Runs of version 1 recorded no result of the restock.
  const { unknown: notRestocked = [] } = results.of(restockGoods)
  const { orderId, sellerOrderIds, amount, reason } = input
  await tx.later(sql`
    update "order".seller_orders set status = 'cancelled' where id = any(${sellerOrderIds}::uuid[])`)
  await tx.later(sql`
    update "order".orders o set
      refunded = refunded + ${amount},
      status = case when exists (select 1 from "order".seller_orders s where s.order_id = o.id and s.status <> 'cancelled')
                    then status else 'cancelled' end
    where id = ${orderId}`)
  const details = { sellerOrderIds, refunded: amount, reason, ...(notRestocked.length > 0 && { notRestocked }) }
  await addHistory(tx, orderId, 'cancelled', details)
  const { number, buyerId, total, currency, sellers } = await getOrderView(tx, orderId)
  const parts = partsForEvent(sellers.filter(({ id }) => sellerOrderIds.includes(id)))
  await publish(tx, orderCancelled, {
    orderId,
    number,
    buyerId,
    total,
    currency,
    refunded: amount,
    reason,
    sellers: parts,
  })
}

function resumeOrder(input: CancellationInput, ctx: Context<undefined>, turn: SagaTurn) {
  return ctx.db.transaction((tx) => resumeCancelling(tx, input, turn))
}

/**
 * Resumes the parts after the provider refused the refund. They are held if money was refunded outside Doran meanwhile,
 * or before (`returned`). Throws when the refund may have succeeded.
 */
export async function resumeCancelling(
  tx: Transaction,
  { orderId, sellerOrderIds, cancellationId }: Pick<CancellationInput, 'orderId' | 'sellerOrderIds' | 'cancellationId'>,
  { reason: { code, message }, outcome }: SagaTurn,
  returned = 0,
): Promise<void> {
  if (outcome !== 'refused') throw new Error(`the refund ${cancellationId} may be done, so its parts are not resumed`)
  await lockOrder(tx, orderId)
  const resumed = await tx.run(sql`
    update "order".seller_orders set status = 'preparing'
    where id = any(${sellerOrderIds}::uuid[]) and status = 'cancelling'`)
  if (resumed === 0) return
  await addHistory(tx, orderId, 'cancel_failed', { sellerOrderIds, code, message })
  await tx.later(sql`update "order".orders set returned = returned + ${returned} where id = ${orderId}`)
  await holdReturned(tx, orderId)
}
