import type { Handler } from '@doran/kernel'
import { findAccountByEmail, shareAccount } from '../accounts.ts'
import { beginAttempt, blameClient, forgiveAccount } from '../attempts.ts'
import { record } from '../audit.ts'
import type { AuthConfig } from '../config.ts'
import type { auth } from '../contract.ts'
import { accountNotActive, credentialsInvalid } from '../errors.ts'
import { passwordFits } from '../passwords.ts'
import { startSession } from '../sessions.ts'
import { presentTokens } from '../tokens.ts'

export const signIn: Handler<typeof auth, 'signIn', AuthConfig> = async ({ email, password, ...from }, ctx) => {
  const address = from['x-client-address']
  await beginAttempt(ctx.db, email, address)
  const known = await findAccountByEmail(ctx.db, email)
  if (!(await passwordFits(password, known?.passwordHash)) || !known) {
    await blameClient(ctx.db, address)
    await record(ctx.db, { kind: 'sign_in_failed', userId: known?.userId, address })
    throw credentialsInvalid()
  }

  const grant = await ctx.db.transaction(async (tx) => {
    const account = await shareAccount(tx, known.userId)
    // The password was changed while this one was being compared.
    if (account.passwordHash !== known.passwordHash) throw credentialsInvalid()
    await forgiveAccount(tx, email)
    if (account.status !== 'active') {
      const { userId, status } = account
      await record(tx, { kind: 'sign_in_failed', userId, address, details: { status } })
      return { refused: accountNotActive({ accountStatus: status }) }
    }
    const granted = await startSession(tx, account, from)
    await record(tx, { kind: 'signed_in', userId: account.userId, sessionId: granted.sessionId, address })
    return { granted }
  })
  if (!grant.granted) throw grant.refused
  return presentTokens(ctx, grant.granted)
}
