import { job } from '@doran/kernel'
import { user } from '@doran/user/contract'
import { applyStanding, findStandings, recordFoundStatus } from '../standings.ts'

/** The maximum number of ids per call of `user.getUsers`. */
const BATCH_SIZE = 500

/**
 * Looks up the status of sellers whose shop is older than the events about it. Each seller whose status differs gets a
 * small transaction of their own. Running it twice is harmless: a known status changes nothing.
 */
export const compareStandings = job('compare-standings', {
  cron: '17 4 * * *',
  async run(ctx) {
    for (let last: string | undefined; ; ) {
      const known = await findStandings(ctx.db, last, BATCH_SIZE)
      const found = await ctx.client(user).getUsers({ userIds: known.map(({ sellerId }) => sellerId) })
      const statusOf = new Map(found.map(({ id, status }) => [id, status]))
      for (const standing of known) {
        const status = statusOf.get(standing.sellerId)
        if (status === undefined || status === standing.status) continue
        await ctx.db.transaction(async (tx) => {
          await recordFoundStatus(tx, standing, status)
          await applyStanding(tx, ctx.cache, standing.sellerId)
        })
      }
      if (known.length < BATCH_SIZE) return
      last = known.at(-1)?.sellerId
    }
  },
})
