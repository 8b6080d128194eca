import { on } from '@doran/kernel'
import { userWithdrawn } from '@doran/user/contract'
import { eraseAccount } from '../accounts.ts'
import { forgetDevices } from '../devices.ts'
import { endAllSessions, forgetSessions } from '../sessions.ts'

/**
 * Erases the account and frees its address. The audit entries stay for their 400 days. Running it twice is harmless: it
 * only erases.
 */
export const onUserWithdrawn = on(userWithdrawn, async ({ userId }, ctx) => {
  await eraseAccount(ctx.db, userId)
  await endAllSessions(ctx.db, ctx.channel, userId)
  await forgetSessions(ctx.db, userId)
  await forgetDevices(ctx.db, userId)
})
