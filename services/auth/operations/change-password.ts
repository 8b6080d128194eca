import type { Handler } from '@doran/kernel'
import { getAccount, lockAccount, updatePassword } from '../accounts.ts'
import { beginAttempt, beginExpensive, blameClient, forgiveAccount } from '../attempts.ts'
import { record } from '../audit.ts'
import type { AuthConfig } from '../config.ts'
import type { auth } from '../contract.ts'
import { passwordWrong } from '../errors.ts'
import { hashPassword, passwordFits } from '../passwords.ts'
import { endOtherSessions } from '../sessions.ts'

const wrong = () => passwordWrong({}, { currentPassword: ['is not your current password'] })

export const changePassword: Handler<typeof auth, 'changePassword', AuthConfig> = async (input, ctx) => {
  const { id: userId, session: sessionId } = ctx.actor
  const address = input['x-client-address']
  const { email, passwordHash } = await getAccount(ctx.db, userId)
  await beginExpensive(ctx.db, address, ctx.config.AUTH_PASSWORD_RATE)
  await beginAttempt(ctx.db, email, address)
  if (!(await passwordFits(input.currentPassword, passwordHash))) {
    await blameClient(ctx.db, address)
    await record(ctx.db, { kind: 'password_change_failed', userId, sessionId, address })
    throw wrong()
  }
  const newHash = await hashPassword(input.newPassword)

  await ctx.db.transaction(async (tx) => {
    // Another change may have been faster; then what was compared is no longer the current password.
    if ((await lockAccount(tx, userId)).passwordHash !== passwordHash) throw wrong()
    await updatePassword(tx, userId, newHash)
    await forgiveAccount(tx, email)
    await endOtherSessions(tx, ctx.channel, userId, sessionId)
    await record(tx, { kind: 'password_changed', userId, sessionId, address })
  })
}
