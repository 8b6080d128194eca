/**
 * Known devices, and the choice of the counter for an attempt to sign in. A device or network that has signed in to the
 * account before has a counter of its own, so that guesses by strangers do not delay the owner.
 */
import { createHash, randomBytes } from 'node:crypto'
import { type Queryable, sql, type Transaction } from '@doran/kernel'
import { type Attempt, accountKey, clientKey } from './attempts.ts'

const MAX_DEVICES = 50

/** Chooses the counter of an attempt. An address without an account counts like an account tried from a new device. */
export async function attemptBy(
  db: Queryable,
  { email, userId }: { email: string; userId: string | undefined },
  { deviceToken, address }: { deviceToken?: string | undefined; address: string | undefined },
): Promise<Attempt> {
  if (userId && deviceToken && (await isDeviceOf(db, userId, deviceToken))) {
    return { key: `device:${hashOf(deviceToken).toString('base64url')}`, address: undefined }
  }
  const isKnown = userId && address && (await hasSignedInFrom(db, userId, address))
  return { key: isKnown ? `${accountKey(email)}@${clientKey(address)}` : accountKey(email), address }
}

/** Returns the token for the device's next sign-in: the presented one if the account knows it, otherwise a new one. */
export async function rememberDevice(tx: Transaction, userId: string, presented: string | undefined): Promise<string> {
  if (presented) {
    const rows = await tx.run(sql`
      update auth.devices set last_used_at = now() where hash = ${hashOf(presented)} and user_id = ${userId}`)
    if (rows === 1) return presented
  }
  const token = randomBytes(32).toString('base64url')
  await tx.run(sql`insert into auth.devices (hash, user_id) values (${hashOf(token)}, ${userId})`)
  await tx.run(sql`
    delete from auth.devices where hash in (
      select hash from auth.devices where user_id = ${userId} order by last_used_at desc, hash offset ${MAX_DEVICES})`)
  return token
}

export async function forgetDevices(tx: Transaction, userId: string): Promise<void> {
  await tx.run(sql`delete from auth.devices where user_id = ${userId}`)
}

async function isDeviceOf(db: Queryable, userId: string, token: string): Promise<boolean> {
  const row = await db.first(sql`select 1 from auth.devices where hash = ${hashOf(token)} and user_id = ${userId}`)
  return row !== undefined
}

async function hasSignedInFrom(db: Queryable, userId: string, address: string): Promise<boolean> {
  const rows = await db.all<{ address: string }>(sql`
    select distinct address from auth.sessions where user_id = ${userId} and address is not null`)
  return rows.some((session) => clientKey(session.address) === clientKey(address))
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
