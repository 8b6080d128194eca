import { type Context, job, type Transaction } from '@doran/kernel'
import { moveStock } from '../movements.ts'
import { expireDue } from '../reservations.ts'

const BATCH = 100

/** What was held for orders that nobody paid in time can be bought again. */
export const releaseExpired = job('release-expired', {
  cron: '* * * * *',
  async run(ctx: Context<undefined>) {
    while ((await ctx.db.transaction(expireBatch)) === BATCH);
  },
})

/** How many reservations expired. */
async function expireBatch(tx: Transaction): Promise<number> {
  const lines = await expireDue(tx, BATCH)
  await moveStock(
    tx,
    'expire',
    lines.map(({ orderId, sku, quantity }) => ({ sku, reserved: -quantity, reference: orderId })),
  )
  return new Set(lines.map(({ orderId }) => orderId)).size
}
