import type { Handler } from '@doran/kernel'
import type { PaymentConfig } from '../config.ts'
import type { payment } from '../contract.ts'
import { paymentCancelled, paymentNotAuthorised } from '../errors.ts'
import { present } from '../payments.ts'
import { perform } from '../provider-operations.ts'

export const capture: Handler<typeof payment, 'capture', PaymentConfig> = async ({ paymentId }, ctx) => {
  const done = await perform(ctx, {
    paymentId,
    kind: 'capture',
    key: `${paymentId}:capture`,
    admit({ status, cancelled, amount }) {
      if (cancelled) throw paymentCancelled()
      if (status !== 'authorised') throw paymentNotAuthorised()
      return amount
    },
  })
  if (done.payment.cancelled) throw paymentCancelled()
  if (done.row.state === 'refused') throw paymentNotAuthorised()
  return present(done.payment)
}
