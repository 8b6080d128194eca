import { on } from '@doran/kernel'
import { paymentApproved } from '@doran/payment/contract'
import { beginCheckout } from '../checkout.ts'

/** Running it twice is harmless: each payment starts the checkout once. */
export const onPaymentApproved = on(
  paymentApproved,
  async ({ orderId, paymentId }, ctx) => {
    await beginCheckout(ctx.db, { orderId, paymentId })
  },
  { lane: 'urgent' },
)
