import { type Context, saga, startSaga, step, type Transaction } from '@doran/kernel'
import { Id, type Static, Type } from '@doran/kernel/contract'
import { payment } from '@doran/payment/contract'

const ClosePaymentInput = Type.Object({ paymentId: Id, reason: Type.String({ maxLength: 200 }) })
type ClosePaymentInput = Static<typeof ClosePaymentInput>

/**
 * Cancels a payment that is no longer needed: closes its page and gives back all money. It has no compensation, so a
 * refusal waits for an operator. The exception is `payment_not_found`: nothing was held, and the payment service opens
 * none under this id later.
 */
export const closing = saga('close-payment', {
  version: 1,
  input: ClosePaymentInput,
  steps: [step('cancel-payment', { act: cancelPayment, turnsRoundOn: ['payment_not_found'] })],
})

/** Starts the saga in the caller's transaction; it runs in the background. */
export async function closePayment(tx: Transaction, paymentId: string, reason: string): Promise<void> {
  await startSaga(tx, closing, paymentId, { paymentId, reason })
}

async function cancelPayment({ paymentId, reason }: ClosePaymentInput, ctx: Context<undefined>) {
  const { status } = await ctx.client(payment).cancelPayment({ paymentId, reason })
  return { status }
}
