import { Lines } from '@doran/inventory/contract'
import { type Context, type SagaTurn, saga, step } from '@doran/kernel'
import { Amount, Id, type Static, Type } from '@doran/kernel/contract'
import { payment } from '@doran/payment/contract'
import { recordCancelled, restockGoods, resumeCalledOff } from './cancellation.ts'

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

/** The provider refused to give back the rest: what was given back past Doran counts again, and somebody has to decide anew. */
function holdAgain(input: HeldCancellationInput, ctx: Context<undefined>, turn: SagaTurn) {
  return ctx.db.transaction((tx) => resumeCalledOff(tx, input, turn, input.amount - input.missing))
}
