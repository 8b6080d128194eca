import { Lines } from '@doran/inventory/contract'
import { Id, type Static, saga, step, type Transaction, Type } from '@doran/kernel'
import { cancelParts, restock } from './cancellation.ts'

const FreeCancellationInput = Type.Object({
  orderId: Id,
  /** Also the reference of the restock. */
  cancellationId: Id,
  sellerOrderIds: Type.Array(Id),
  lines: Lines,
  reason: Type.String(),
})
type FreeCancellationInput = Static<typeof FreeCancellationInput>

/** Parts that cost nothing are called off: the goods return to stock, and no money moves. */
export const freeCancellation = saga('free-cancellation', {
  version: 1,
  input: FreeCancellationInput,
  steps: [step('restock', { act: restock }), step('cancel-parts', { record: cancelFreeParts })],
})

function cancelFreeParts(input: FreeCancellationInput, tx: Transaction) {
  return cancelParts({ ...input, amount: 0 }, tx)
}
