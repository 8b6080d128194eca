import { type Context, DomainError, type Handler } from '@doran/kernel'
import { payment } from '@doran/payment/contract'
import { beginCheckout } from '../checkout.ts'
import type { order } from '../contract.ts'
import { paymentNotStarted } from '../errors.ts'
import { getOrderView, waitForOutcome } from '../orders.ts'

/** The buyer is back from the payment page. The provider's webhook does the same, if it comes first. */
export const confirmPayment: Handler<typeof order, 'confirmPayment'> = async ({ orderId }, ctx) => {
  const found = await getOrderView(ctx.db, orderId, ctx.actor)
  if (found.status === 'awaiting_payment') {
    if (!found.paymentId) {
      // A refusal closed the last attempt: the answer to a repeated confirmation is that refusal.
      if (found.failure) return found
      throw paymentNotStarted({ orderId })
    }
    const paid = await findPayment(found.paymentId, ctx)
    if (!paid || paid.status === 'pending') throw paymentNotStarted({ orderId })
    await ctx.db.transaction((tx) =>
      beginCheckout(tx, { orderId, paymentId: paid.id, failure: paid.failure ?? undefined }),
    )
  }
  await waitForOutcome(orderId, ctx)
  return getOrderView(ctx.db, orderId)
}

/** The payment as the provider has it; none while an attempt to pay has been written down and not opened yet. */
async function findPayment(paymentId: string, ctx: Context) {
  try {
    return await ctx.client(payment).refreshPayment({ paymentId })
  } catch (error) {
    if (error instanceof DomainError && error.code === 'payment_not_found') return undefined
    throw error
  }
}
