import { type Context, job, type Queryable, sql } from '@doran/kernel'
import type { PaymentConfig } from '../config.ts'
import { getPaymentRow, type PaymentContext, reportDiscrepancy } from '../payments.ts'
import { type OperationRow, settle } from '../provider-operations.ts'
import { refresh } from '../refresh.ts'

const BATCH = 200

/**
 * Compares with the provider what may have been missed: operations whose answer never came, and payments that
 * have not moved although they are not finished. Twice is harmless: everything is looked up by its key first.
 */
export const reconcile = job('reconcile', { cron: '*/10 * * * *', run: reconcileAll })

async function reconcileAll(ctx: Context<undefined, PaymentConfig>): Promise<void> {
  for (const operation of await findUnsettled(ctx.db)) {
    await attempt(ctx, operation.paymentId, async () => {
      await settle(ctx, operation, await getPaymentRow(ctx.db, operation.paymentId), false)
    })
  }
  for (const { id } of await findStanding(ctx.db)) await attempt(ctx, id, () => compare(ctx, id))
}

/** One payment that cannot be looked up must not keep the others from it. */
async function attempt(ctx: PaymentContext, paymentId: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    ctx.log.warn({ err: error, payment: paymentId }, 'a payment could not be reconciled; trying again at the next run')
  }
}

async function compare(ctx: PaymentContext, id: string): Promise<void> {
  const payment = await refresh(ctx, id)
  const { captured, refunded } = await sumOperations(ctx.db, id)
  if (payment.captured !== captured || payment.refunded !== refunded) {
    await reportDiscrepancy(ctx, id, 'amounts_differ', {
      provider: { captured: payment.captured, refunded: payment.refunded },
      ours: { captured, refunded },
    })
  }
}

function findUnsettled(db: Queryable): Promise<OperationRow[]> {
  return db.all<OperationRow>(sql`
    select key, payment_id as "paymentId", kind, amount, reason, refund_id as "refundId", state, code, message,
           created_at as "createdAt"
    from payment.operations where state = 'started' and created_at < now() - interval '2 minutes'
    order by created_at limit ${BATCH}`)
}

function findStanding(db: Queryable): Promise<{ id: string }[]> {
  return db.all<{ id: string }>(sql`
    select id from payment.payments
    where session_id is not null
      and ((status in ('pending', 'approved', 'authorised') and updated_at < now() - interval '2 minutes'
            and created_at > now() - interval '7 days')
        or (status in ('captured', 'partially_refunded', 'refunded')
            and updated_at between now() - interval '20 minutes' and now() - interval '2 minutes'))
    order by updated_at limit ${BATCH}`)
}

/** What we have asked for and been granted. */
function sumOperations(db: Queryable, paymentId: string): Promise<{ captured: number; refunded: number }> {
  return db.one(sql`
    select coalesce(sum(amount) filter (where kind = 'capture'), 0)::bigint as captured,
           coalesce(sum(amount) filter (where kind = 'refund'), 0)::bigint as refunded
    from payment.operations where payment_id = ${paymentId} and state = 'succeeded'`)
}
