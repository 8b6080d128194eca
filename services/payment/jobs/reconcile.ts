import { type Context, job, type Queryable, sql, type Transaction } from '@doran/kernel'
import type { PaymentConfig } from '../config.ts'
import { providerUnavailable } from '../errors.ts'
import { follow, getPaymentRow, type PaymentContext, type PaymentRow, reportDiscrepancy } from '../payments.ts'
import { findUnsettled, recordForeignRefund, settle } from '../provider-operations.ts'
import { look } from '../refresh.ts'

const BATCH_SIZE = 200
/** After this many failed requests in a row the provider counts as down, and the rest waits for the next run. */
const MAX_CONSECUTIVE_FAILURES = 5

/**
 * Asks the provider about everything that may have been missed: operations whose answer never came, open payments, and
 * payments that have changed since their last comparison. Running it twice is harmless: it looks up before it acts.
 */
export const reconcile = job('reconcile', { cron: '*/10 * * * *', run: reconcileAll })

async function reconcileAll(ctx: Context<undefined, PaymentConfig>): Promise<void> {
  const attempt = skippingFailures(ctx)
  for (const operation of await findUnsettled(ctx.db, BATCH_SIZE)) {
    const { paymentId } = operation
    await attempt(paymentId, async () => {
      await settle(ctx, operation, await getPaymentRow(ctx.db, paymentId), false)
    })
  }
  for (let last: string | undefined, full = true; full; ) {
    const ids = await findToCompare(ctx.db, last)
    for (const id of ids) await attempt(id, () => compare(ctx, id))
    last = ids.at(-1)
    full = ids.length === BATCH_SIZE
  }
}

/** A payment whose look-up fails must not keep the others from theirs. */
function skippingFailures(ctx: PaymentContext) {
  let failures = 0
  return async (paymentId: string, work: () => Promise<void>): Promise<void> => {
    if (failures >= MAX_CONSECUTIVE_FAILURES) return
    try {
      await work()
      failures = 0
    } catch (error) {
      if (providerUnavailable.is(error)) failures++
      ctx.log.warn({ err: error, payment: paymentId }, 'a payment could not be reconciled; the next run tries again')
    }
  }
}

async function compare(ctx: PaymentContext, id: string): Promise<void> {
  const seen = await look(ctx, await getPaymentRow(ctx.db, id))
  if (!seen) return
  await ctx.db.transaction(async (tx) => {
    const payment = await follow(tx, id, seen)
    if (await isExplained(ctx, tx, payment)) {
      await tx.run(sql`update payment.payments set compared = sequence where id = ${id}`)
    }
  })
}

/** False while an operation is in flight. Reports an unexplained difference, which counts as explained from then on. */
async function isExplained(ctx: PaymentContext, tx: Transaction, payment: PaymentRow): Promise<boolean> {
  const { id, captured, refunded } = payment
  const ours = await sumOperations(tx, id)
  if (ours.started > 0) return false
  if (captured === ours.captured && refunded === ours.refunded) return true
  await reportDiscrepancy(tx, ctx, id, 'amounts_differ', {
    provider: { captured, refunded },
    ours: { captured: ours.captured, refunded: ours.refunded },
  })
  if (refunded > ours.refunded) await recordForeignRefund(tx, payment, refunded - ours.refunded)
  return true
}

async function findToCompare(db: Queryable, after: string | undefined): Promise<string[]> {
  const rows = await db.all<{ id: string }>(sql`
    select id from payment.payments
    where (status in ('pending', 'approved', 'authorised') or compared < sequence)
      and session_id is not null and updated_at < now() - interval '2 minutes'
      and (status <> 'pending' or created_at > now() - interval '7 days')
      ${after ? sql`and id > ${after}` : sql.empty}
    order by id limit ${BATCH_SIZE}`)
  return rows.map(({ id }) => id)
}

/** Sums of our successful operations, and the number of those with an unknown outcome. */
function sumOperations(
  db: Queryable,
  paymentId: string,
): Promise<{ captured: number; refunded: number; started: number }> {
  return db.one(sql`
    select coalesce(sum(amount) filter (where kind = 'capture' and state = 'succeeded'), 0)::bigint as captured,
           coalesce(sum(amount) filter (where kind = 'refund' and state = 'succeeded'), 0)::bigint as refunded,
           count(*) filter (where state = 'started') as started
    from payment.operations where payment_id = ${paymentId}`)
}
