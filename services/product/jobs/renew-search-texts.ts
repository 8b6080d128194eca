import { type Context, job } from '@doran/kernel'
import { workInBatches } from '../batches.ts'
import { renewOutdatedSearchTexts } from '../listings.ts'

const BATCH_SIZE = 100

/**
 * Rebuilds outdated search texts, so that a renamed category is found by its new name within a minute. Running it twice
 * is harmless: it produces the same text.
 */
export const renewSearchTexts = job('renew-search-texts', {
  cron: '* * * * *',
  run: (ctx: Context<undefined>) =>
    workInBatches(() => ctx.db.transaction((tx) => renewOutdatedSearchTexts(tx, BATCH_SIZE))),
})
