import type { Handler } from '@doran/kernel'
import { crashPoint } from '@doran/kernel/faults'
import type { PaymentConfig } from '../config.ts'
import type { payment } from '../contract.ts'
import { paymentCancelled, paymentMismatch, providerUnavailable } from '../errors.ts'
import { enterPage, enterPayment, type PaymentContext, type PaymentRow, present, providerNamed } from '../payments.ts'
import { ProviderSilentError } from '../provider.ts'
import { takeBack } from '../take-back.ts'

const PROVIDER = 'sandbox'

/** Stores the payment first, under the caller's id. The key that opens the provider's page is derived from that id. */
export const createPayment: Handler<typeof payment, 'createPayment', PaymentConfig> = async (input, ctx) => {
  const { paymentId, ...about } = input
  const created = await enterPayment(ctx.db, { id: paymentId, provider: PROVIDER, ...about })
  const { orderId, amount, currency } = created
  if (orderId !== about.orderId || amount !== about.amount || currency !== about.currency) throw paymentMismatch()
  if (created.cancelled && !created.sessionId) throw paymentCancelled()
  return present(created.sessionId ? created : await openPage(created, ctx))
}

async function openPage(created: PaymentRow, ctx: PaymentContext): Promise<PaymentRow> {
  const { id, orderId, amount, currency, title, returnUrl } = created
  try {
    const page = await providerNamed(created.provider, ctx).open({
      key: `${id}:open`,
      reference: orderId,
      amount,
      currency,
      title,
      returnUrl,
    })
    crashPoint('payment.after-open-before-record')
    const opened = await enterPage(ctx.db, id, page)
    // Cancelled while the page was being opened: no buyer has seen the page, and none may use it.
    return opened.cancelled ? takeBack(ctx, id, 'cancelled while its page was opened') : opened
  } catch (error) {
    if (error instanceof ProviderSilentError) throw providerUnavailable()
    throw error
  }
}
