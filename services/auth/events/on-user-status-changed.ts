import { on } from '@doran/kernel'
import { userStatusChanged } from '@doran/user/contract'
import { takeInStatus } from '../accounts.ts'
import { record } from '../audit.ts'
import { endAllSessions } from '../sessions.ts'

/**
 * Whoever is suspended or has withdrawn is signed out everywhere at once. Running it twice is harmless: a version
 * that is not newer than the one known changes nothing, which also keeps late deliveries from turning time back. News
 * of an end of a suspension may come before the news of the suspension, which then counts no more, so it signs out, too.
 */
export const onUserStatusChanged = on(
  userStatusChanged,
  async ({ userId, version, status, previous }, ctx) => {
    if (!(await takeInStatus(ctx.db, { userId, version, status }))) return
    if (status !== 'active' || previous !== 'active') await endAllSessions(ctx.db, ctx.channel, userId)
    await record(ctx.db, { kind: 'status_changed', userId, details: { status } })
  },
  { lane: 'urgent' },
)
