/** Registration, the same for the marketplace and for RealWorld clients. */
import { type Actor, type Context, newId } from '@doran/kernel'
import { type Profile, user } from '@doran/user/contract'
import { claimEmail, findAccountByEmail, openAccount, shareAccount } from './accounts.ts'
import { assertClientMayTry, beginExpensive, blameClient } from './attempts.ts'
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
  /** For clients whose protocol knows no such rule. */
  allowCommonPassword?: boolean
  /** Whether the answer tells the client a token to remember. */
  tellsDeviceToken?: boolean
}

/** Opens an account with its user and begins a session. */
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
  await beginExpensive(ctx.db, address, ctx.config.AUTH_PASSWORD_RATE)
  await assertClientMayTry(ctx.db, address)
  // Before the hash is made: the answer tells that the address is taken, so its cost need not hide it.
  if ((await findAccountByEmail(ctx.db, email))?.passwordHash) {
    await blameClient(ctx.db, address)
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
  // An earlier registration that was broken off may have entered the user under another name.
  if (username !== undefined && entered.username !== username.normalize('NFC')) {
    await ctx.client(user).changeMember({ userId, username })
  }

  return ctx.db.transaction(async (tx) => {
    if (!(await openAccount(tx, { userId, passwordHash, roles: [] }))) throw emailTaken()
    const grant = await startSession(tx, ctx.channel, await shareAccount(tx, userId), from)
    await record(tx, { kind: 'registered', userId, sessionId: grant.sessionId, address })
    if (!registration.tellsDeviceToken) return grant
    return { ...grant, deviceToken: await rememberDevice(tx, userId, undefined) }
  })
}
