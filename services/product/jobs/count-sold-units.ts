import { type Context, job } from '@doran/kernel'
import { workInPortions } from '../portions.ts'
import { countSales } from '../sales.ts'

/** Their sellers wait while these are counted, which takes about a millisecond for each. */
const BATCH = 50

/** What was sold in the last minute moves products up in the lists of what is popular. */
export const countSoldUnits = job('count-sold-units', {
  cron: '* * * * *',
  run: (ctx: Context<undefined>) => workInPortions(() => countSales(ctx.db, BATCH)),
})
