import { providerUnavailable } from './errors.ts'
import { follow, getPaymentRow, type PaymentContext, type PaymentRow, providerNamed } from './payments.ts'
import { ProviderSilentError } from './provider.ts'

/** Asks the provider how the payment stands and follows it. Raises `provider_unavailable`. */
export async function refresh(ctx: PaymentContext, paymentId: string): Promise<PaymentRow> {
  const payment = await getPaymentRow(ctx.db, paymentId)
  if (!payment.sessionId) return payment
  try {
    const seen = await providerNamed(payment.provider, ctx).look(payment.sessionId)
    return await ctx.db.transaction((tx) => follow(tx, paymentId, seen))
  } catch (error) {
    if (error instanceof ProviderSilentError) throw providerUnavailable()
    throw error
  }
}
