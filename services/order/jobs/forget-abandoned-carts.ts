import { type Context, job, sql } from '@doran/kernel'

const BATCH_SIZE = 1_000

/** Deletes guests' carts that have not changed for thirty days. */
export const forgetAbandonedCarts = job('forget-abandoned-carts', {
  cron: '30 4 * * *',
  timeZone: 'Asia/Seoul',
  run: forget,
})

async function forget(ctx: Context<undefined>): Promise<void> {
  let forgotten: number
  do {
    forgotten = await ctx.db.run(sql`
      delete from "order".carts where id in (
        select id from "order".carts
        where state = 'open' and buyer_id is null and updated_at < now() - interval '30 days' limit ${BATCH_SIZE})`)
  } while (forgotten === BATCH_SIZE)
}
