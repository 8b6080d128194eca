/** Registration, the same for the marketplace and for RealWorld clients. */
import { type Context, newId } from '@doran/kernel'
import { type Profile, user } from '@doran/user/contract'
import { claimEmail, openAccount, shareAccount } from './accounts.ts'
import { record } from './audit.ts'
import type { From } from './contract.ts'
import { emailTaken } from './errors.ts'
import { hashPassword } from './passwords.ts'
import { type Grant, startSession } from './sessions.ts'

export interface Registration {
  email: string
  password: string
  name: string
  username?: string
  locale?: Profile['locale'] | undefined
}

/** Opens an account with its user and begins a session. */
export async function openNewAccount(ctx: Context, registration: Registration, from: From): Promise<Grant> {
  const { email, password, name, username, locale } = registration
  // First of all, so that a taken address costs the same time.
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
    const grant = await startSession(tx, await shareAccount(tx, userId), from)
    await record(tx, { kind: 'registered', userId, sessionId: grant.sessionId, address: from['x-client-address'] })
    return grant
  })
}
