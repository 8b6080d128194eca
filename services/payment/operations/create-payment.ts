import { crashPoint } from '@doran/faults'
import { type Handler, sql } from '@doran/kernel'
import type { PaymentConfig } from '../config.ts'
import type { payment } from '../contract.ts'
import { paymentCancelled, paymentMismatch, providerUnavailable } from '../errors.ts'
import { getPaymentRow, type PaymentContext, type PaymentRow, present, providerNamed } from '../payments.ts'
import { ProviderSilentError } from '../provider.ts'
import { takeBack } from '../take-back.ts'

const PROVIDER = 'sandbox'

/** Written down first, under the id that the caller chose; the provider's page is opened under a key made from it. */
export const createPayment: Handler<typeof payment, 'createPayment', PaymentConfig> = async (input, ctx) => {
  const { paymentId, orderId, buyerId, amount, currency, title, returnUrl } = input
  await ctx.db.run(sql`
    insert into payment.payments (id, order_id, buyer_id, provider, amount, currency, title, return_url)
    values (${paymentId}, ${orderId}, ${buyerId}, ${PROVIDER}, ${amount}, ${currency}, ${title}, ${returnUrl})
    on conflict (id) do nothing`)
  const created = await getPaymentRow(ctx.db, paymentId)
  if (created.orderId !== orderId || created.amount !== amount || created.currency !== currency) throw paymentMismatch()
  if (created.cancelled && !created.sessionId) throw paymentCancelled()
  return present(created.sessionId ? created : await openPage(created, ctx))
}

async function openPage(created: PaymentRow, ctx: PaymentContext): Promise<PaymentRow> {
  const { id, orderId, amount, currency, title, returnUrl } = created
  try {
    const { sessionId, url } = await providerNamed(created.provider, ctx).open({
      key: `${id}:open`,
      reference: orderId,
      amount,
      currency,
      title,
      returnUrl,
    })
    crashPoint('payment.after-open-before-record')
    await ctx.db.run(sql`
      update payment.payments set session_id = ${sessionId}, payment_url = ${url} where id = ${id}`)
    const opened = await getPaymentRow(ctx.db, id)
    // Cancelled while the page was being opened: nobody has seen it, and nobody shall use it.
    return opened.cancelled ? takeBack(ctx, id, 'cancelled while its page was opened') : opened
  } catch (error) {
    if (error instanceof ProviderSilentError) throw providerUnavailable()
    throw error
  }
}
