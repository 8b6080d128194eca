import { type Context, job } from '@doran/kernel'
import { renewOutdatedSearchTexts } from '../listings.ts'
import { workInPortions } from '../portions.ts'

const BATCH = 100

/** A category that is renamed is found by its new name within a minute. Running it twice makes the same text twice. */
export const renewSearchTexts = job('renew-search-texts', {
  cron: '* * * * *',
  run: (ctx: Context<undefined>) =>
    workInPortions(() => ctx.db.transaction((tx) => renewOutdatedSearchTexts(tx, BATCH))),
})
