import { on } from '@doran/kernel'
import { paymentFailed } from '@doran/payment/contract'
import { announce, lockOrder, refusePayment } from '../orders.ts'

/**
 * Running it twice is harmless: a refused payment is no longer the order's current one. While the checkout saga runs,
 * the saga handles the failure.
 */
export const onPaymentFailed = on(
  paymentFailed,
  async ({ orderId, paymentId, failure }, ctx) => {
    const order = await lockOrder(ctx.db, orderId)
    if (order.status !== 'awaiting_payment' || order.paymentId !== paymentId) return
    await refusePayment(ctx.db, orderId, failure)
    await announce(ctx.db, orderId, ctx)
  },
  { lane: 'urgent' },
)
