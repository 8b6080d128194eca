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

/** Asks the provider for the payment's state and adopts it. Raises `provider_unavailable`. */
export async function refresh(ctx: PaymentContext, paymentId: string): Promise<PaymentRow> {
  const payment = await getPaymentRow(ctx.db, paymentId)
  if (!payment.sessionId) return payment
  const seen = await look(ctx, payment)
  if (!seen) throw providerUnavailable()
  // Usually the webhook has already brought this state.
  if (seen.sequence <= payment.sequence) return payment
  return ctx.db.transaction((tx) => follow(tx, paymentId, seen))
}

/**
 * The provider's state of the payment. A session that the provider does not know proves nothing about the money: it is
 * reported as a discrepancy, and the result is undefined. Raises `provider_unavailable`.
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
