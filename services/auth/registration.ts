/** Registration, shared by the marketplace and RealWorld clients. */
import { type Actor, type Context, newId } from '@doran/kernel'
import { type Profile, user } from '@doran/user/contract'
import { claimEmail, findAccountByEmail, lockAccountShared, openAccount } from './accounts.ts'
import { assertClientMayTry, countClientFailure, countHashRequest } from './attempts.ts'
import { record } from './audit.ts'
import type { AuthConfig } from './config.ts'
import type { From } from './contract.ts'
import { rememberDevice } from './devices.ts'
import { emailTaken } from './errors.ts'
import { assertPassword } from './password-rules.ts'
import { hashPassword } from './passwords.ts'
import { type Grant, startSession } from './sessions.ts'

export interface Registration {
  email: string
  password: string
  name: string
  username?: string
  locale?: Profile['locale'] | undefined
  /** For clients whose protocol has no rule against common passwords. */
  allowCommonPassword?: boolean
  /** Whether the reply contains a device token. */
  returnsDeviceToken?: boolean
}

/**
 * Creates a user with an account and begins a session. Throws `password_weak`, `email_taken`, `too_many_attempts` and
 * `busy`.
 */
export async function openNewAccount(
  ctx: Context<Actor | undefined, AuthConfig>,
  registration: Registration,
  from: From,
): Promise<Grant & { deviceToken?: string }> {
  const { email, password, name, username, locale } = registration
  assertPassword(password, {
    field: 'password',
    email,
    names: [name],
    allowCommon: registration.allowCommonPassword ?? false,
  })
  const address = from['x-client-address']
  await countHashRequest(ctx.db, address, ctx.config.AUTH_PASSWORD_RATE)
  await assertClientMayTry(ctx.db, address)
  // Checked before hashing: the reply reveals that the address is taken, so the cost of a hash would hide nothing.
  if ((await findAccountByEmail(ctx.db, email))?.passwordHash) {
    await countClientFailure(ctx.db, address)
    throw emailTaken()
  }
  const passwordHash = await hashPassword(password)
  const userId = await claimEmail(ctx.db, email, newId())
  if (!userId) throw emailTaken()
  const entered = await ctx.client(user).createUser({
    userId,
    email,
    name,
    ...(username !== undefined && { username }),
    ...(locale && { locale }),
  })
  // An earlier, unfinished registration may have created the user under another name.
  if (username !== undefined && entered.username !== username.normalize('NFC')) {
    await ctx.client(user).changeMember({ userId, username })
  }

  return ctx.db.transaction(async (tx) => {
    if (!(await openAccount(tx, { userId, passwordHash, roles: [] }))) throw emailTaken()
    const grant = await startSession(tx, ctx.channel, await lockAccountShared(tx, userId), from)
    await record(tx, { kind: 'registered', userId, sessionId: grant.sessionId, address })
    if (!registration.returnsDeviceToken) return grant
    return { ...grant, deviceToken: await rememberDevice(tx, userId, undefined) }
  })
}
