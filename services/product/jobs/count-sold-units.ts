import { setTimeout as pause } from 'node:timers/promises'
import { type Context, job } from '@doran/kernel'
import { countSales } from '../sales.ts'

/** Their sellers wait while these are counted, which takes about a millisecond for each. */
const BATCH = 50
/** How long it rests for each millisecond of counting: whoever reads the same database is not to notice the minute. */
const REST = 2
/** Milliseconds after which the rest is left to the next minute. */
const LONGEST = 40_000

/** What was sold in the last minute moves products up in the lists of what is popular. */
export const countSoldUnits = job('count-sold-units', {
  cron: '* * * * *',
  async run(ctx: Context<undefined>) {
    const giveUp = performance.now() + LONGEST
    for (let begun = performance.now(); begun < giveUp; begun = performance.now()) {
      if ((await countSales(ctx.db, BATCH)) === 0) return
      await pause((performance.now() - begun) * REST)
    }
  },
})
