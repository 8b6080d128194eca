import type { Handler } from '@doran/kernel'
import { lockAccount, updatePassword } from '../accounts.ts'
import { clearFailures, countHashRequest } from '../attempts.ts'
import { record } from '../audit.ts'
import type { AuthConfig } from '../config.ts'
import type { auth } from '../contract.ts'
import { checkCurrentPassword, namesOf, wrongPassword } from '../current-password.ts'
import { assertPassword } from '../password-rules.ts'
import { hashPassword } from '../passwords.ts'
import { endOtherSessions } from '../sessions.ts'

export const changePassword: Handler<typeof auth, 'changePassword', AuthConfig> = async (input, ctx) => {
  const { id: userId, session: sessionId } = ctx.actor
  const address = input['x-client-address']
  await countHashRequest(ctx.db, address, ctx.config.AUTH_PASSWORD_RATE)
  const { email, passwordHash, attempt } = await checkCurrentPassword(ctx, input.currentPassword, address)
  const names = await namesOf(ctx, userId)
  assertPassword(input.newPassword, { field: 'newPassword', email, names, current: input.currentPassword })
  const newHash = await hashPassword(input.newPassword)

  await ctx.db.transaction(async (tx) => {
    if ((await lockAccount(tx, userId)).passwordHash !== passwordHash) throw wrongPassword()
    await updatePassword(tx, userId, newHash)
    await clearFailures(tx, attempt)
    await endOtherSessions(tx, ctx.channel, userId, sessionId)
    await record(tx, { kind: 'password_changed', userId, sessionId, address })
  })
}
