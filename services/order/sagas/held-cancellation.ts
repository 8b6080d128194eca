import { Lines } from '@doran/inventory/contract'
import { type Context, type SagaTurn, saga, step } from '@doran/kernel'
import { Amount, Id, type Static, Type } from '@doran/kernel/contract'
import { payment } from '@doran/payment/contract'
import { recordCancelled, restockGoods, resumeCancelling } from './cancellation.ts'

const HeldCancellationInput = Type.Object({
  orderId: Id,
  paymentId: Id,
  /** Also the id of the refund and part of the restock's reference. */
  cancellationId: Id,
  sellerOrderIds: Type.Array(Id),
  amount: Amount,
  /** The part of `amount` that is still to be refunded; the rest was refunded outside Doran. */
  missing: Amount,
  lines: Lines,
  reason: Type.String(),
})
type HeldCancellationInput = Static<typeof HeldCancellationInput>

/** Cancels parts whose money was refunded outside Doran: refunds the rest first, then restocks the goods. */
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

/** Holds the parts again after the provider refused to refund the rest, so that an administrator decides anew. */
function holdAgain(input: HeldCancellationInput, ctx: Context<undefined>, turn: SagaTurn) {
  return ctx.db.transaction((tx) => resumeCancelling(tx, input, turn, input.amount - input.missing))
}
