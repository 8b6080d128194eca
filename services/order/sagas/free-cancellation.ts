import { Lines } from '@doran/inventory/contract'
import { type Context, type StepResults, saga, step, type Transaction } from '@doran/kernel'
import { Id, type Static, Type } from '@doran/kernel/contract'
import { recordCancelled, restockGoods } from './cancellation.ts'

const FreeCancellationInput = Type.Object({
  orderId: Id,
  /** Also part of the restock's reference. */
  cancellationId: Id,
  sellerOrderIds: Type.Array(Id),
  lines: Lines,
  reason: Type.String(),
})
type FreeCancellationInput = Static<typeof FreeCancellationInput>

/** Cancels parts that cost nothing: restocks the goods and moves no money. It has no compensation. */
export const freeCancellation = saga('free-cancellation', {
  version: 1,
  input: FreeCancellationInput,
  steps: [restockGoods, step('cancel-parts', { record: recordFreeCancelled })],
})

function recordFreeCancelled(
  input: FreeCancellationInput,
  tx: Transaction,
  ctx: Context<undefined>,
  results: StepResults,
) {
  return recordCancelled({ ...input, amount: 0 }, tx, ctx, results)
}
