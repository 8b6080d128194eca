import { type Context, saga, startSaga, step, type Transaction } from '@doran/kernel'
import { Id, type Static, Type } from '@doran/kernel/contract'
import { payment } from '@doran/payment/contract'

const ClosePaymentInput = Type.Object({ paymentId: Id, reason: Type.String({ maxLength: 200 }) })
type ClosePaymentInput = Static<typeof ClosePaymentInput>

/**
 * A payment that nobody waits for any more: its page closes, and whatever was held or taken goes back. There is no way
 * back, so a refusal waits for an operator; only that there is no such payment means that nothing was held, and none is opened later.
 */
export const closing = saga('close-payment', {
  version: 1,
  input: ClosePaymentInput,
  steps: [step('cancel-payment', { act: cancelPayment, turnsRoundOn: ['payment_not_found'] })],
})

/** Sees to it in the background, as part of the caller's transaction. */
export async function closePayment(tx: Transaction, paymentId: string, reason: string): Promise<void> {
  await startSaga(tx, closing, paymentId, { paymentId, reason })
}

async function cancelPayment({ paymentId, reason }: ClosePaymentInput, ctx: Context<undefined>) {
  const { status } = await ctx.client(payment).cancelPayment({ paymentId, reason })
  return { status }
}
