import type { Handler } from '@doran/kernel'
import type { PaymentConfig } from '../config.ts'
import type { payment } from '../contract.ts'
import { paymentNotFound } from '../errors.ts'
import { insertTombstone, present } from '../payments.ts'
import { markCancelled, takeBack } from '../take-back.ts'

/**
 * First nothing new may be begun, then everything goes back; a repetition goes on where this one stopped. A payment that is
 * not there may be on its way, so a tombstone is left for it.
 */
export const cancelPayment: Handler<typeof payment, 'cancelPayment', PaymentConfig> = async (input, ctx) => {
  const { paymentId, reason } = input
  if (!(await markCancelled(ctx.db, paymentId))) {
    await insertTombstone(ctx.db, paymentId)
    // One that was entered meanwhile may not have met the tombstone.
    if (!(await markCancelled(ctx.db, paymentId))) throw paymentNotFound()
  }
  return present(await takeBack(ctx, paymentId, reason))
}
