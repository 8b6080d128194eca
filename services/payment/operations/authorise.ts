import type { Handler } from '@doran/kernel'
import type { PaymentConfig } from '../config.ts'
import type { payment } from '../contract.ts'
import { paymentCancelled, paymentDeclined, paymentNotApproved } from '../errors.ts'
import { getPaymentRow, present } from '../payments.ts'
import { perform } from '../provider-operations.ts'
import { refresh } from '../refresh.ts'

export const authorise: Handler<typeof payment, 'authorise', PaymentConfig> = async ({ paymentId }, ctx) => {
  // The webhook that tells of the buyer's consent may be late.
  if ((await getPaymentRow(ctx.db, paymentId)).status === 'pending') await refresh(ctx, paymentId)
  const done = await perform(ctx, {
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
  if (done.state === 'refused') throw paymentDeclined({ reason: done.code, message: done.message })
  return present(await getPaymentRow(ctx.db, paymentId))
}
