import { on } from '@doran/kernel'
import { userStatusChanged } from '@doran/user/contract'
import { applyStatus } from '../accounts.ts'
import { record } from '../audit.ts'
import { endAllSessions } from '../sessions.ts'

/**
 * Signs a user out everywhere at a suspension or a withdrawal. Running it twice is harmless: a version that is not
 * newer than the stored one changes nothing, so late deliveries cannot undo newer ones. The end of a suspension may
 * arrive before the suspension, whose event is then ignored as older. Hence the end of a suspension signs the user out,
 * too.
 */
export const onUserStatusChanged = on(
  userStatusChanged,
  async ({ userId, version, status, previous }, ctx) => {
    if (!(await applyStatus(ctx.db, { userId, version, status }))) return
    if (status !== 'active' || previous !== 'active') await endAllSessions(ctx.db, ctx.channel, userId)
    await record(ctx.db, { kind: 'status_changed', userId, details: { status } })
  },
  { lane: 'urgent' },
)
