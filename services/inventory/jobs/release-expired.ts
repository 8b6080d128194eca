import { type Context, job, type Transaction } from '@doran/kernel'
import { moveStock } from '../movements.ts'
import { expireDue } from '../reservations.ts'

const BATCH_SIZE = 100

/** Expires the holds of orders that were not paid in time and makes their stock available again. */
export const releaseExpired = job('release-expired', {
  cron: '* * * * *',
  async run(ctx: Context<undefined>) {
    while ((await ctx.db.transaction(expireBatch)) === BATCH_SIZE);
  },
})

/** Returns the number of expired reservations. */
async function expireBatch(tx: Transaction): Promise<number> {
  const lines = await expireDue(tx, BATCH_SIZE)
  await moveStock(
    tx,
    'expire',
    lines.map(({ orderId, sku, quantity }) => ({ sku, reserved: -quantity, reference: orderId })),
  )
  return new Set(lines.map(({ orderId }) => orderId)).size
}
