/** Sign-in with e-mail address and password, shared by the marketplace and RealWorld clients. */
import type { Context } from '@doran/kernel'
import { findAccountByEmail, lockAccountShared } from './accounts.ts'
import { beginAttempt, clearFailures, countClientFailure, countHashRequest } from './attempts.ts'
import { record } from './audit.ts'
import type { AuthConfig } from './config.ts'
import type { From } from './contract.ts'
import { attemptBy, rememberDevice } from './devices.ts'
import { accountNotActive, credentialsInvalid } from './errors.ts'
import { passwordMatches } from './passwords.ts'
import { type Grant, startSession } from './sessions.ts'

export interface SignIn {
  email: string
  password: string
  /** The device with the token that it presents. Absent for clients whose protocol has no device tokens. */
  device?: { token: string | undefined }
}

export async function beginSession(
  { db, config, channel }: Pick<Context<unknown, AuthConfig>, 'db' | 'config' | 'channel'>,
  { email, password, device }: SignIn,
  from: From,
): Promise<Grant & { deviceToken?: string }> {
  const address = from['x-client-address']
  await countHashRequest(db, address, config.AUTH_PASSWORD_RATE)
  const known = await findAccountByEmail(db, email)
  const attempt = await attemptBy(db, { email, userId: known?.userId }, { deviceToken: device?.token, address })
  await beginAttempt(db, attempt)
  if (!(await passwordMatches(password, known?.passwordHash)) || !known) {
    await countClientFailure(db, address)
    await record(db, { kind: 'sign_in_failed', userId: known?.userId, address })
    throw credentialsInvalid()
  }

  const grant = await db.transaction(async (tx) => {
    const account = await lockAccountShared(tx, known.userId)
    // The hash differs if the password was changed during the comparison.
    if (account.passwordHash !== known.passwordHash) throw credentialsInvalid()
    await clearFailures(tx, attempt)
    if (account.status !== 'active') {
      const { userId, status } = account
      await record(tx, { kind: 'sign_in_failed', userId, address, details: { status } })
      return { refused: accountNotActive({ accountStatus: status }) }
    }
    const granted = await startSession(tx, channel, account, from)
    await record(tx, { kind: 'signed_in', userId: account.userId, sessionId: granted.sessionId, address })
    if (!device) return { granted }
    return { granted: { ...granted, deviceToken: await rememberDevice(tx, account.userId, device.token) } }
  })
  if (!grant.granted) throw grant.refused
  return grant.granted
}
