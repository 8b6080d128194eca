import { type Context, job } from '@doran/kernel'
import { countSales } from '../sales.ts'

/** Their sellers wait while these are counted, which takes about a millisecond for each. */
const BATCH = 200

/** What was sold in the last minute moves products up in the lists of what is popular. */
export const countSoldUnits = job('count-sold-units', {
  cron: '* * * * *',
  async run(ctx: Context<undefined>) {
    while ((await countSales(ctx.db, BATCH)) > 0);
  },
})
