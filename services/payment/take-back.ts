import { type Queryable, sql } from '@doran/kernel'
import { providerUnavailable } from './errors.ts'
import { getPaymentRow, type PaymentContext, type PaymentRow } from './payments.ts'
import { findStarted, perform, settle } from './provider-operations.ts'
import { refresh } from './refresh.ts'

/** A capture in flight may overtake the void, and a refund in flight the calculation of the rest, each at most once. */
const MAX_ROUNDS = 4

/** From here on nothing new may begin. False when there is no such payment. */
export async function markCancelled(db: Queryable, paymentId: string): Promise<boolean> {
  return (await db.run(sql`update payment.payments set cancelled = true where id = ${paymentId}`)) > 0
}

/**
 * Voids or refunds a cancelled payment until the provider confirms that it holds no money. A void also closes an unused
 * payment page, and the provider refuses an authorisation that arrives after it. Raises `provider_unavailable` while
 * the outcome is uncertain.
 */
export async function takeBack(ctx: PaymentContext, paymentId: string, reason: string): Promise<PaymentRow> {
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const current = await refresh(ctx, paymentId)
    if (isOver(current)) return current
    if (current.captured === 0) await releaseHold(ctx, paymentId, reason)
    else await refundRest(ctx, current, reason)
  }
  const last = await refresh(ctx, paymentId)
  if (!isOver(last)) throw providerUnavailable()
  return last
}

function isOver({ status, sessionId }: PaymentRow): boolean {
  return !sessionId || status === 'voided' || status === 'refunded' || status === 'failed'
}

async function releaseHold(ctx: PaymentContext, paymentId: string, reason: string): Promise<void> {
  await perform(ctx, { paymentId, kind: 'void', key: `${paymentId}:void`, reason, admit: ({ amount }) => amount })
}

/**
 * Completes the refunds that began before the cancellation first, so that the rest is certain. The key contains the sum
 * refunded so far: when the provider has refunded more, the next round uses another key.
 */
async function refundRest(ctx: PaymentContext, payment: PaymentRow, reason: string): Promise<void> {
  for (const started of await findStarted(ctx.db, payment.id, 'refund')) await settle(ctx, started, payment, false)
  const { id, captured, refunded } = await getPaymentRow(ctx.db, payment.id)
  if (refunded === captured) return
  await perform(ctx, {
    paymentId: id,
    kind: 'refund',
    key: `${id}:cancel:${refunded}`,
    reason,
    admit: () => captured - refunded,
  })
}
