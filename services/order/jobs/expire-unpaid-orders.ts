import { type Context, job, sql, type Transaction } from '@doran/kernel'
import { releaseUnpaid } from '../sagas/release-stock.ts'

const BATCH_SIZE = 100

/**
 * Expires orders that were not paid in time, closes their payment pages and releases their stock. A payment that is
 * approved later is given back.
 */
export const expireUnpaidOrders = job('expire-unpaid-orders', {
  cron: '* * * * *',
  async run(ctx: Context<undefined>) {
    while ((await ctx.db.transaction(expireBatch)) === BATCH_SIZE);
  },
})

async function expireBatch(tx: Transaction): Promise<number> {
  const expired = await tx.all<{ id: string; paymentId: string | null }>(sql`
    with late as (
      select id from "order".orders where status = 'awaiting_payment' and expires_at < now()
      order by expires_at limit ${BATCH_SIZE} for update skip locked
    ), expired as (
      update "order".orders o set status = 'expired' from late where o.id = late.id returning o.id, o.payment_id
    ), parts as (
      update "order".seller_orders s set status = 'cancelled' from expired where s.order_id = expired.id
    ), history as (
      insert into "order".history (order_id, what) select id, 'expired' from expired
    )
    select id, payment_id as "paymentId" from expired`)
  for (const order of expired) await releaseUnpaid(tx, order, 'The order was not paid in time.')
  return expired.length
}
