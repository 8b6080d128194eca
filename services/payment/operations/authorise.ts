import type { Handler } from '@doran/kernel'
import type { PaymentConfig } from '../config.ts'
import type { payment } from '../contract.ts'
import { paymentCancelled, paymentDeclined, paymentNotApproved } from '../errors.ts'
import { type PaymentContext, present } from '../payments.ts'
import { type Performed, perform } from '../provider-operations.ts'
import { refresh } from '../refresh.ts'

export const authorise: Handler<typeof payment, 'authorise', PaymentConfig> = async ({ paymentId }, ctx) => {
  const done = await hold(paymentId, ctx).catch(async (error) => {
    if (!paymentNotApproved.is(error)) throw error
    // The webhook with the buyer's approval may be late.
    await refresh(ctx, paymentId)
    return hold(paymentId, ctx)
  })
  if (done.payment.cancelled) throw paymentCancelled()
  if (done.row.state === 'refused') throw paymentDeclined({ reason: done.row.code, message: done.row.message })
  return present(done.payment)
}

function hold(paymentId: string, ctx: PaymentContext): Promise<Performed> {
  return perform(ctx, {
    paymentId,
    kind: 'authorise',
    key: `${paymentId}:authorise`,
    admit({ status, cancelled, amount, failure }) {
      if (cancelled) throw paymentCancelled()
      if (failure) throw paymentDeclined({ reason: failure.code, message: failure.message })
      if (status !== 'approved') throw paymentNotApproved()
      return amount
    },
  })
}
