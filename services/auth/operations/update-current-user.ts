import { type Actor, type Context, type Handler, isFresh, type Transaction } from '@doran/kernel'
import { user } from '@doran/user/contract'
import { getAccount, lockAccount, updateEmail, updatePassword } from '../accounts.ts'
import { clearFailures, countHashRequest } from '../attempts.ts'
import { record, type SecurityEvent } from '../audit.ts'
import type { AuthConfig } from '../config.ts'
import type { auth } from '../contract.ts'
import { checkCurrentPassword, namesOf, wrongPassword } from '../current-password.ts'
import { presentCurrentUser } from '../current-user.ts'
import { passwordNeeded } from '../errors.ts'
import { assertPassword } from '../password-rules.ts'
import { hashPassword } from '../passwords.ts'
import { endOtherSessions } from '../sessions.ts'
import { currentToken } from '../tokens.ts'

export const updateCurrentUser: Handler<typeof auth, 'updateCurrentUser', AuthConfig> = async (input, ctx) => {
  const { email, password, currentPassword, username, bio, image, authorization, 'x-client-address': address } = input
  const { id: userId, session: sessionId } = ctx.actor
  if (password !== undefined || currentPassword !== undefined) {
    await countHashRequest(ctx.db, address, ctx.config.AUTH_PASSWORD_RATE)
  }
  const checked = currentPassword === undefined ? undefined : await checkCurrentPassword(ctx, currentPassword, address)
  if (password !== undefined) await assertNewPassword(ctx, password, input)
  const passwordHash = password === undefined ? undefined : await hashPassword(password)
  const note = (tx: Transaction, kind: SecurityEvent['kind']) => record(tx, { kind, userId, sessionId, address })

  const changed = await ctx.db.transaction(async (tx) => {
    const account = await lockAccount(tx, userId)
    const credentials = passwordHash !== undefined || (email !== undefined && email !== account.email)
    if (checked && checked.passwordHash !== account.passwordHash) throw wrongPassword()
    if (checked) await clearFailures(tx, checked.attempt)
    // The protocol has no field for the old password. A recent sign-in replaces it, except for accounts with a role.
    else if (credentials && (account.roles.length > 0 || !isFresh(ctx.actor))) throw passwordNeeded()
    if (email !== undefined && email !== account.email) {
      await updateEmail(tx, userId, email)
      await note(tx, 'email_changed')
    }
    if (passwordHash !== undefined) {
      await updatePassword(tx, userId, passwordHash)
      await endOtherSessions(tx, ctx.channel, userId, sessionId)
      await note(tx, 'password_changed')
    }
    // Last, so that a refusal by the user service rolls everything back. If the commit fails after this call, the
    // client gets an error, and repeating the request completes the change.
    const change = { email, username, bio, image }
    const given = Object.entries(change).filter(([, value]) => value !== undefined)
    const member = await ctx.client(user).changeMember({ userId, ...Object.fromEntries(given) })
    return { member, email: email ?? account.email }
  })
  return presentCurrentUser(changed.member, changed.email, await currentToken(ctx, authorization))
}

async function assertNewPassword(
  ctx: Context<Actor, AuthConfig>,
  password: string,
  { email, username, currentPassword: current }: { email?: string; username?: string; currentPassword?: string },
): Promise<void> {
  const account = await getAccount(ctx.db, ctx.actor.id)
  const names = await namesOf(ctx, ctx.actor.id)
  assertPassword(password, {
    field: 'password',
    email: email ?? account.email,
    names: username === undefined ? names : [...names, username],
    current,
    allowCommon: ctx.config.AUTH_COMMUNITY_COMMON_PASSWORDS === 'allow' && account.roles.length === 0,
  })
}
