import { job } from '@doran/kernel'
import { user } from '@doran/user/contract'
import { applyStanding, findStandings, takeInFoundStatus } from '../standings.ts'

/** What `user.getUsers` takes at once. */
const BATCH = 500

/**
 * Asks how sellers are of whom no event has told, because their shop is older than that. Each batch is several small
 * transactions, and twice is harmless: a status that is known changes nothing.
 */
export const compareStandings = job('compare-standings', {
  cron: '17 4 * * *',
  async run(ctx) {
    for (let last: string | undefined; ; ) {
      const known = await findStandings(ctx.db, last, BATCH)
      const found = await ctx.client(user).getUsers({ userIds: known.map(({ sellerId }) => sellerId) })
      const statusOf = new Map(found.map(({ id, status }) => [id, status]))
      for (const standing of known) {
        const status = statusOf.get(standing.sellerId)
        if (status === undefined || status === standing.status) continue
        await ctx.db.transaction(async (tx) => {
          await takeInFoundStatus(tx, standing, status)
          await applyStanding(tx, ctx.cache, standing.sellerId)
        })
      }
      if (known.length < BATCH) return
      last = known.at(-1)?.sellerId
    }
  },
})
