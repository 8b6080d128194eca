import { setTimeout as pause } from 'node:timers/promises'
import { type Context, job } from '@doran/kernel'
import { renewSearchTexts } from '../listings.ts'

const BATCH = 100
/** How long it rests for each millisecond of work, so that whoever reads the same database does not notice it. */
const REST = 2
const LONGEST_MS = 40_000

/** A category that is renamed is found by its new name within a minute. Running it twice makes the same text twice. */
export const renewSearchTextsJob = job('renew-search-texts', {
  cron: '* * * * *',
  async run(ctx: Context<undefined>) {
    const giveUp = performance.now() + LONGEST_MS
    for (let begun = performance.now(); begun < giveUp; begun = performance.now()) {
      if ((await ctx.db.transaction((tx) => renewSearchTexts(tx, BATCH))) === 0) return
      await pause((performance.now() - begun) * REST)
    }
  },
})
