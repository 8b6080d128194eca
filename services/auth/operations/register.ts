import { type Handler, newId } from '@doran/kernel'
import { user } from '@doran/user/contract'
import { claimEmail, openAccount, shareAccount } from '../accounts.ts'
import { record } from '../audit.ts'
import type { AuthConfig } from '../config.ts'
import type { auth } from '../contract.ts'
import { emailTaken } from '../errors.ts'
import { hashPassword } from '../passwords.ts'
import { startSession } from '../sessions.ts'
import { presentTokens } from '../tokens.ts'

const taken = () => emailTaken({}, { email: ['has already been taken'] })

export const register: Handler<typeof auth, 'register', AuthConfig> = async (input, ctx) => {
  const { email, password, name, locale, ...from } = input
  // First of all, so that a taken address costs the same time.
  const passwordHash = await hashPassword(password)
  const userId = await claimEmail(ctx.db, email, newId())
  if (!userId) throw taken()
  await ctx.client(user).createUser({ userId, email, name, locale })

  const grant = await ctx.db.transaction(async (tx) => {
    if (!(await openAccount(tx, { userId, passwordHash, roles: [] }))) throw taken()
    const grant = await startSession(tx, await shareAccount(tx, userId), from)
    await record(tx, { kind: 'registered', userId, sessionId: grant.sessionId, address: from['x-client-address'] })
    return grant
  })
  return presentTokens(ctx, grant)
}
