import { on } from '@doran/kernel'
import { userStatusChanged } from '@doran/user/contract'
import { applyStanding, recordStatus } from '../standings.ts'

/** Running it twice is harmless: a known version changes nothing. */
export const onUserStatusChanged = on(
  userStatusChanged,
  async ({ userId, version, status }, ctx) => {
    await recordStatus(ctx.db, { userId, version, status })
    await applyStanding(ctx.db, ctx.cache, userId)
  },
  { lane: 'urgent' },
)
