import { type Queryable, sql } from '@doran/kernel'
import { providerUnavailable } from './errors.ts'
import { getPaymentRow, type PaymentContext, type PaymentRow } from './payments.ts'
import { findStarted, perform, settle } from './provider-operations.ts'
import { refresh } from './refresh.ts'

/** A capture that is on its way may overtake the void, and a refund the counting, once each. */
const ROUNDS = 4

/** From here on nothing new may be begun. Answers false when there is no such payment. */
export async function markCancelled(db: Queryable, paymentId: string): Promise<boolean> {
  return (await db.run(sql`update payment.payments set cancelled = true where id = ${paymentId}`)) > 0
}

/**
 * Asks the provider how a cancelled payment stands, and gives back what is held or taken, until nothing is. A void
 * also closes a page that nobody has used, and an authorisation that arrives after it is refused there. Raises
 * `provider_unavailable` while that is not certain.
 */
export async function takeBack(ctx: PaymentContext, paymentId: string, reason: string): Promise<PaymentRow> {
  for (let round = 0; round < ROUNDS; round++) {
    const current = await refresh(ctx, paymentId)
    if (isOver(current)) return current
    if (current.captured === 0) await giveUpHold(ctx, paymentId, reason)
    else await refundRest(ctx, current, reason)
  }
  const last = await refresh(ctx, paymentId)
  if (!isOver(last)) throw providerUnavailable()
  return last
}

function isOver({ status, sessionId }: PaymentRow): boolean {
  return !sessionId || status === 'voided' || status === 'refunded' || status === 'failed'
}

async function giveUpHold(ctx: PaymentContext, paymentId: string, reason: string): Promise<void> {
  await perform(ctx, { paymentId, kind: 'void', key: `${paymentId}:void`, reason, admit: ({ amount }) => amount })
}

/**
 * Refunds that were begun before the cancellation are seen to the end first, so that what is left is certain. The
 * key names what had been refunded by then: when the provider knows of more, the next round asks under another key.
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
