import { on } from '@doran/kernel'
import { paymentRefunded } from '@doran/payment/contract'
import { takeInReturned } from '../held-parts.ts'

/**
 * Refunds that the order has asked for carry its id; any other was made with the provider: a chargeback, or by hand. The
 * inbox lets each event in once, so its amount counts once.
 */
export const onPaymentRefunded = on(
  paymentRefunded,
  async ({ orderId, paymentId, refundId, amount }, ctx) => {
    if (refundId === null) await takeInReturned(ctx.db, { orderId, paymentId, amount })
  },
  { lane: 'urgent' },
)
