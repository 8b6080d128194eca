import { type Context, job } from '@doran/kernel'
import { forgetOldAddresses, isFullBatch } from '../personal-data.ts'

/** Erases the addresses of orders at the end of their legal retention period. */
export const forgetAddressesOfOldOrders = job('forget-old-addresses', {
  cron: '50 4 * * *',
  timeZone: 'Asia/Seoul',
  run: forget,
})

async function forget(ctx: Context<undefined>): Promise<void> {
  while (isFullBatch(await forgetOldAddresses(ctx.db)));
}
