import { brokenConstraint, type Handler, type Queryable, sql } from '@doran/kernel'
import type { PaymentConfig } from '../config.ts'
import type { payment } from '../contract.ts'
import { refundMismatch, refundRefused, refundTooLarge } from '../errors.ts'
import { perform } from '../provider-operations.ts'

/** The operation's row reserves the amount, so concurrent refunds never exceed the capture. */
export const refund: Handler<typeof payment, 'refund', PaymentConfig> = async (input, ctx) => {
  const { paymentId, refundId, amount, reason } = input
  const { row } = await perform(ctx, {
    paymentId,
    kind: 'refund',
    key: `${paymentId}:refund:${refundId}`,
    refundId,
    reason,
    async admit({ captured, cancelled }, tx) {
      // The cancellation refunds the rest.
      const left = cancelled ? 0 : captured - (await sumOfRefunds(tx, paymentId))
      if (amount > left) throw refundTooLarge({ left, asked: amount })
      return amount
    },
  }).catch((error) => {
    throw brokenConstraint(error) === 'operations_refund_id_key' ? refundMismatch() : error
  })
  if (row.amount !== amount) throw refundMismatch()
  if (row.state === 'refused') throw refundRefused({ message: row.message })
  return { id: refundId, paymentId, amount: row.amount, reason: row.reason, createdAt: row.createdAt }
}

/** Includes refunds whose outcome is unknown. */
async function sumOfRefunds(db: Queryable, paymentId: string): Promise<number> {
  const { sum } = await db.one<{ sum: number }>(sql`
    select coalesce(sum(amount), 0)::bigint as sum from payment.operations
    where payment_id = ${paymentId} and kind = 'refund' and state <> 'refused'`)
  return sum
}
