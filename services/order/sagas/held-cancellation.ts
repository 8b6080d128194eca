import { Lines } from '@doran/inventory/contract'
import { Amount, type Context, Id, type SagaTurn, type Static, saga, sql, step, Type } from '@doran/kernel'
import { payment } from '@doran/payment/contract'
import { addHistory } from '../orders.ts'
import { recordCancelled, restockGoods } from './cancellation.ts'

const HeldCancellationInput = Type.Object({
  orderId: Id,
  paymentId: Id,
  /** Also the id of the refund and the reference of the restock. */
  cancellationId: Id,
  sellerOrderIds: Type.Array(Id),
  amount: Amount,
  /** What is left to be given back of `amount`: the rest was given back past Doran. */
  missing: Amount,
  lines: Lines,
  reason: Type.String(),
})
type HeldCancellationInput = Static<typeof HeldCancellationInput>

/** Parts whose money was given back past Doran are called off: the rest of it goes back, then the goods return to stock. */
export const heldCancellation = saga('held-cancellation', {
  version: 1,
  input: HeldCancellationInput,
  steps: [
    step('refund-rest', { act: refundRest, undo: holdAgain, pivot: true }),
    restockGoods,
    step('cancel-parts', { record: recordCancelled }),
  ],
})

async function refundRest(input: HeldCancellationInput, ctx: Context<undefined>) {
  const { paymentId, cancellationId, missing, reason } = input
  if (missing > 0) await ctx.client(payment).refund({ paymentId, refundId: cancellationId, amount: missing, reason })
}

/** The provider refused to give back the rest: somebody has to decide anew. */
async function holdAgain(input: HeldCancellationInput, ctx: Context<undefined>, { reason, outcome }: SagaTurn) {
  const { orderId, sellerOrderIds, cancellationId, amount, missing } = input
  if (outcome !== 'refused')
    throw new Error(`the refund ${cancellationId} may be done, so its parts are not held again`)
  const { code, message } = reason
  await ctx.db.transaction(async (tx) => {
    const held = await tx.run(sql`
      update "order".seller_orders set status = 'preparing', held_at = now()
      where id = any(${sellerOrderIds}::uuid[]) and status = 'cancelling'`)
    if (held === 0) return
    await tx.later(sql`update "order".orders set returned = returned + ${amount - missing} where id = ${orderId}`)
    await addHistory(tx, orderId, 'cancel_failed', { sellerOrderIds, code, message })
  })
}
