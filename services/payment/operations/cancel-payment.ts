import type { Handler } from '@doran/kernel'
import type { PaymentConfig } from '../config.ts'
import type { payment } from '../contract.ts'
import { paymentNotFound } from '../errors.ts'
import { insertTombstone, present } from '../payments.ts'
import { markCancelled, takeBack } from '../take-back.ts'

/**
 * Marks the payment, so that nothing new begins, and then gives everything back. A repetition continues where the first
 * attempt stopped. A payment that does not exist may still be on its way, so a tombstone refuses it.
 */
export const cancelPayment: Handler<typeof payment, 'cancelPayment', PaymentConfig> = async (input, ctx) => {
  const { paymentId, reason } = input
  if (!(await markCancelled(ctx.db, paymentId))) {
    await insertTombstone(ctx.db, paymentId)
    // A payment that was inserted concurrently may not have seen the tombstone.
    if (!(await markCancelled(ctx.db, paymentId))) throw paymentNotFound()
  }
  return present(await takeBack(ctx, paymentId, reason))
}
