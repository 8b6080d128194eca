import { type Context, DomainError, type Handler } from '@doran/kernel'
import { payment } from '@doran/payment/contract'
import { beginCheckout } from '../checkout.ts'
import type { order } from '../contract.ts'
import { paymentNotStarted } from '../errors.ts'
import { getOrderView, waitForOutcome } from '../orders.ts'

/** Handles the buyer's return from the payment page. The provider's webhook does the same if it arrives first. */
export const confirmPayment: Handler<typeof order, 'confirmPayment'> = async ({ orderId }, ctx) => {
  const found = await getOrderView(ctx.db, orderId, ctx.actor)
  if (found.status === 'awaiting_payment') {
    if (!found.paymentId) {
      // The last attempt was refused: a repeated confirmation returns the refusal.
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

/** The provider's state of the payment; undefined while the attempt is stored but the payment is not opened yet. */
async function findPayment(paymentId: string, ctx: Context) {
  try {
    return await ctx.client(payment).refreshPayment({ paymentId })
  } catch (error) {
    if (error instanceof DomainError && error.code === 'payment_not_found') return undefined
    throw error
  }
}
