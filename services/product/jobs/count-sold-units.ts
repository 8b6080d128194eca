import { type Context, job } from '@doran/kernel'
import { workInBatches } from '../batches.ts'
import { countSales } from '../sales.ts'

/** Sellers cannot write these products while they are counted, about a millisecond each, so a batch is small. */
const BATCH_SIZE = 50

/** Counts the sales of the last minute, which move products up in the lists of popular ones. */
export const countSoldUnits = job('count-sold-units', {
  cron: '* * * * *',
  run: (ctx: Context<undefined>) => workInBatches(() => countSales(ctx.db, BATCH_SIZE)),
})
