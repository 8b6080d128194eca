import { inventory } from '@doran/inventory/contract'
import { type Context, saga, startSaga, step, type Transaction } from '@doran/kernel'
import { Id, type Static, Type } from '@doran/kernel/contract'
import { closePayment } from './close-payment.ts'

const ReleaseStockInput = Type.Object({ orderId: Id })
type ReleaseStockInput = Static<typeof ReleaseStockInput>

/** The stock of an order that will not be paid goes back. Its key is the order's id; a refusal waits for an operator. */
export const releasing = saga('release-stock', {
  version: 1,
  input: ReleaseStockInput,
  steps: [step('release-stock', { act: release, turnsRoundOn: [] })],
})

/**
 * Sees to it in the background, as part of the caller's transaction, that an unpaid order which is over holds nothing: its
 * payment page closes and its stock goes back. A hold that is only on its way is refused afterwards.
 */
export async function letGo(
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
