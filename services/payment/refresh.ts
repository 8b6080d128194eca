import { providerUnavailable } from './errors.ts'
import {
  follow,
  getPaymentRow,
  type PaymentContext,
  type PaymentRow,
  providerNamed,
  reportDiscrepancy,
} from './payments.ts'
import { ProviderSilentError, type Snapshot } from './provider.ts'

/** Asks the provider how the payment stands and follows it. Raises `provider_unavailable`. */
export async function refresh(ctx: PaymentContext, paymentId: string): Promise<PaymentRow> {
  const payment = await getPaymentRow(ctx.db, paymentId)
  if (!payment.sessionId) return payment
  const seen = await look(ctx, payment)
  if (!seen) throw providerUnavailable()
  // Mostly the webhook that told of it was here first.
  if (seen.sequence <= payment.sequence) return payment
  return ctx.db.transaction((tx) => follow(tx, paymentId, seen))
}

/**
 * The payment as the provider has it. That it knows nothing of it proves nothing about the money: it is reported, and
 * the answer is undefined. Raises `provider_unavailable`.
 */
export async function look(ctx: PaymentContext, payment: PaymentRow): Promise<Snapshot | undefined> {
  const { id, provider, sessionId } = payment
  try {
    const seen = await providerNamed(provider, ctx).look(sessionId as string)
    if (!seen) await reportDiscrepancy(ctx.db, ctx, id, 'session_unknown', { sessionId })
    return seen
  } catch (error) {
    if (error instanceof ProviderSilentError) throw providerUnavailable()
    throw error
  }
}
