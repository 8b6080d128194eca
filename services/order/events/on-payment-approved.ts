import { on } from '@doran/kernel'
import { paymentApproved } from '@doran/payment/contract'
import { beginCheckout } from '../checkout.ts'

/** Twice is harmless: an order enters the checkout once for each payment. */
export const onPaymentApproved = on(
  paymentApproved,
  async ({ orderId, paymentId }, ctx) => {
    await beginCheckout(ctx.db, { orderId, paymentId })
  },
  { lane: 'urgent' },
)
