import { on } from '@doran/kernel'
import { paymentRefunded } from '@doran/payment/contract'
import { recordReturned } from '../held-parts.ts'

/**
 * Refunds that Doran requested have a `refundId`. All others were made directly with the provider: chargebacks, or
 * refunds by hand. The inbox accepts each event once, so each amount counts once.
 */
export const onPaymentRefunded = on(
  paymentRefunded,
  async ({ orderId, paymentId, refundId, amount }, ctx) => {
    if (refundId === null) await recordReturned(ctx.db, { orderId, paymentId, amount })
  },
  { lane: 'urgent' },
)
