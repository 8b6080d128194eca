import { inventory } from '@doran/inventory/contract'
import { type Context, saga, startSaga, step, type Transaction } from '@doran/kernel'
import { Id, type Static, Type } from '@doran/kernel/contract'
import { closePayment } from './close-payment.ts'

const ReleaseStockInput = Type.Object({ orderId: Id })
type ReleaseStockInput = Static<typeof ReleaseStockInput>

/** Releases the stock of an order that will not be paid. Its key is the order's id. A refusal waits for an operator. */
export const releasing = saga('release-stock', {
  version: 1,
  input: ReleaseStockInput,
  steps: [step('release-stock', { act: release, turnsRoundOn: [] })],
})

/**
 * Closes the payment page of a cancelled or expired order and releases its stock. The sagas start in the caller's
 * transaction and run in the background. A `reserve` that is still in flight is refused afterwards.
 */
export async function releaseUnpaid(
  tx: Transaction,
  { id, paymentId }: { id: string; paymentId: string | null },
  reason: string,
): Promise<void> {
  if (paymentId) await closePayment(tx, paymentId, reason)
  await startSaga(tx, releasing, id, { orderId: id })
}

async function release({ orderId }: ReleaseStockInput, ctx: Context<undefined>) {
  await ctx.client(inventory).release({ orderId })
}
