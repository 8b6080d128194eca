import { on } from '@doran/kernel'
import { userStatusChanged } from '@doran/user/contract'
import { applyStanding, takeInStatus } from '../standings.ts'

/** Twice is harmless: a version that is known changes nothing. */
export const onUserStatusChanged = on(
  userStatusChanged,
  async ({ userId, version, status }, ctx) => {
    await takeInStatus(ctx.db, { userId, version, status })
    await applyStanding(ctx.db, ctx.cache, userId)
  },
  { lane: 'urgent' },
)
