/**
 * Sessions and the refresh tokens that carry them on. Only hashes of tokens are kept. Each token's successor is
 * derived from the token itself by the session's secret, so a repeated refresh is answered with the same one
 * although it is stored nowhere.
 */
import { createHash, createHmac, randomBytes } from 'node:crypto'
import { type Channel, newId, type Queryable, sql, type Transaction } from '@doran/kernel'
import { type Account, shareAccount } from './accounts.ts'
import type { From, Session } from './contract.ts'
import { revoke } from './revocations.ts'

/** A session lives this long after its last refresh. */
const SESSION_LIFE = '30 days'
/** However often it is refreshed, it ends so long after the sign-in. */
const LONGEST_SESSION_LIFE = '90 days'
/** The one used longest ago ends when there would be more. */
const MOST_SESSIONS = 20
/** A token that was rotated so recently is answered again: the first answer may have been lost. */
const REPLAY_GRACE = '30 seconds'

/** What tokens are made of. */
export interface Grant {
  userId: string
  sessionId: string
  roles: Account['roles']
  refreshToken: string
  /** When it was granted by the database's clock; seconds since the epoch, to the microsecond. */
  issuedAt: number
  /** When the session was opened with the password, in the same unit. */
  signedInAt: number
}

/** Begins a session for an account that is shared or locked. */
export async function startSession(tx: Transaction, channel: Channel, account: Account, from: From): Promise<Grant> {
  await makeRoom(tx, channel, account.userId)
  const sessionId = newId()
  const refreshToken = randomBytes(32).toString('base64url')
  const { issuedAt } = await tx.one<{ issuedAt: number }>(sql`
    insert into auth.sessions (id, user_id, family_secret, user_agent, address, expires_at)
    values (${sessionId}, ${account.userId}, ${randomBytes(32)}, ${from['user-agent']?.slice(0, 300) ?? null},
            ${from['x-client-address'] ?? null}, now() + ${SESSION_LIFE}::interval)
    returning extract(epoch from clock_timestamp())::float8 as "issuedAt"`)
  await insertRefreshToken(tx, sessionId, refreshToken)
  return { userId: account.userId, sessionId, roles: account.roles, refreshToken, issuedAt, signedInAt: issuedAt }
}

async function makeRoom(tx: Transaction, channel: Channel, userId: string): Promise<void> {
  const surplus = await tx.all<{ id: string }>(sql`
    select id from auth.sessions where user_id = ${userId} and revoked_at is null and expires_at > now()
    order by last_used_at desc, id desc offset ${MOST_SESSIONS - 1}`)
  for (const { id } of surplus) await endSession(tx, channel, userId, id)
}

/** What a further token of a session is made of; undefined when the session has ended. */
export async function continueSession(
  tx: Transaction,
  userId: string,
  sessionId: string,
): Promise<Omit<Grant, 'refreshToken'> | undefined> {
  const account = await shareAccount(tx, userId)
  const live = await tx.first<{ signedInAt: number }>(sql`
    update auth.sessions set last_used_at = now()
    where id = ${sessionId} and user_id = ${userId} and revoked_at is null and expires_at > clock_timestamp()
    returning extract(epoch from created_at)::float8 as "signedInAt"`)
  if (!live || account.status !== 'active') return undefined
  return { userId, sessionId, roles: account.roles, issuedAt: await clock(tx), signedInAt: live.signedInAt }
}

export type Refreshed =
  | { outcome: 'granted'; grant: Grant }
  | { outcome: 'invalid' }
  | { outcome: 'reused'; userId: string; sessionId: string }

/**
 * Rotates a refresh token. Simultaneous calls follow one another at the lock of the session; the second finds the
 * token rotated just now and answers the same successor. A reuse ends the session, so the transaction must commit.
 */
export async function rotateRefreshToken(tx: Transaction, channel: Channel, token: string): Promise<Refreshed> {
  const owner = await findOwner(tx, token)
  if (!owner) return { outcome: 'invalid' }
  const { userId, sessionId } = owner
  const account = await shareAccount(tx, userId)
  const session = await lockSession(tx, sessionId, token)
  if (!session?.live || account.status !== 'active') return { outcome: 'invalid' }
  if (session.reused) {
    await endSession(tx, channel, userId, sessionId)
    return { outcome: 'reused', userId, sessionId }
  }
  const successor = createHmac('sha256', session.secret).update(token).digest('base64url')
  if (!session.rotated) await replaceRefreshToken(tx, sessionId, token, successor)
  return {
    outcome: 'granted',
    grant: {
      userId,
      sessionId,
      roles: account.roles,
      refreshToken: successor,
      issuedAt: await clock(tx),
      signedInAt: session.signedInAt,
    },
  }
}

/** Ends a session; false when it had ended before or is not the user's. */
export async function endSession(
  tx: Transaction,
  channel: Channel,
  userId: string,
  sessionId: string,
): Promise<boolean> {
  const rows = await tx.run(sql`
    update auth.sessions set revoked_at = now()
    where id = ${sessionId} and user_id = ${userId} and revoked_at is null`)
  if (rows === 0) return false
  await revoke(tx, channel, `session:${sessionId}`)
  return true
}

/** Ends all sessions of an account that is locked, and all its access tokens. */
export async function endAllSessions(tx: Transaction, channel: Channel, userId: string): Promise<void> {
  await tx.run(sql`update auth.sessions set revoked_at = now() where user_id = ${userId} and revoked_at is null`)
  await revoke(tx, channel, `user:${userId}`)
}

/** Ends all sessions but one of an account that is locked. */
export async function endOtherSessions(tx: Transaction, channel: Channel, userId: string, kept: string): Promise<void> {
  const ended = await tx.all<{ id: string }>(sql`
    update auth.sessions set revoked_at = now()
    where user_id = ${userId} and id <> ${kept} and revoked_at is null and expires_at > now()
    returning id`)
  for (const { id } of ended) await revoke(tx, channel, `session:${id}`)
}

/** Of a user who has withdrawn. Their access tokens must have been revoked. */
export async function forgetSessions(tx: Transaction, userId: string): Promise<void> {
  await tx.run(sql`delete from auth.sessions where user_id = ${userId}`)
}

/** Those that have ended, too, oldest first. */
export function listAllSessionsOf(db: Queryable, userId: string): Promise<Omit<Session, 'current'>[]> {
  return db.all(sql`
    select id, user_agent as "userAgent", address, created_at as "createdAt", last_used_at as "lastUsedAt",
           expires_at as "expiresAt"
    from auth.sessions where user_id = ${userId} order by id`)
}

/** Whether the session is the user's, also when it has ended. */
export async function ownsSession(db: Queryable, userId: string, sessionId: string): Promise<boolean> {
  const row = await db.first(sql`select 1 from auth.sessions where id = ${sessionId} and user_id = ${userId}`)
  return row !== undefined
}

/** Live sessions, newest first; one more than `limit` when there are more. */
export function listSessionsOf(
  db: Queryable,
  userId: string,
  before: string | undefined,
  limit: number,
): Promise<Omit<Session, 'current'>[]> {
  return db.all(sql`
    select id, user_agent as "userAgent", address, created_at as "createdAt", last_used_at as "lastUsedAt",
           expires_at as "expiresAt"
    from auth.sessions
    where user_id = ${userId} and revoked_at is null and expires_at > now()
      and (${before ?? null}::uuid is null or id < ${before ?? null}::uuid)
    order by id desc limit ${limit + 1}`)
}

function findOwner(tx: Transaction, token: string): Promise<{ userId: string; sessionId: string } | undefined> {
  return tx.first(sql`
    select s.user_id as "userId", s.id as "sessionId"
    from auth.refresh_tokens t join auth.sessions s on s.id = t.session_id
    where t.hash = ${hashOf(token)}`)
}

interface LockedSession {
  secret: Buffer
  live: boolean
  /** The token has been exchanged before, recently or not. */
  rotated: boolean
  /** It was exchanged too long ago to be a repetition. */
  reused: boolean
  signedInAt: number
}

// Locked by a statement of its own: the next one then sees what the session's last holder has committed.
async function lockSession(tx: Transaction, sessionId: string, token: string): Promise<LockedSession | undefined> {
  await tx.run(sql`select 1 from auth.sessions where id = ${sessionId} for update`)
  return tx.first<LockedSession>(sql`
    select s.family_secret as secret,
           s.revoked_at is null and s.expires_at > clock_timestamp() as live,
           t.rotated_at is not null as rotated,
           coalesce(t.rotated_at <= clock_timestamp() - ${REPLAY_GRACE}::interval, false) as reused,
           extract(epoch from s.created_at)::float8 as "signedInAt"
    from auth.sessions s join auth.refresh_tokens t on t.session_id = s.id
    where s.id = ${sessionId} and t.hash = ${hashOf(token)}`)
}

async function replaceRefreshToken(
  tx: Transaction,
  sessionId: string,
  token: string,
  successor: string,
): Promise<void> {
  await tx.run(sql`update auth.refresh_tokens set rotated_at = clock_timestamp() where hash = ${hashOf(token)}`)
  await insertRefreshToken(tx, sessionId, successor)
  await tx.run(sql`
    update auth.sessions set
      last_used_at = now(),
      expires_at = least(now() + ${SESSION_LIFE}::interval, created_at + ${LONGEST_SESSION_LIFE}::interval)
    where id = ${sessionId}`)
}

async function insertRefreshToken(tx: Transaction, sessionId: string, token: string): Promise<void> {
  await tx.run(sql`insert into auth.refresh_tokens (hash, session_id) values (${hashOf(token)}, ${sessionId})`)
}

async function clock(tx: Transaction): Promise<number> {
  const { now } = await tx.one<{ now: number }>(sql`select extract(epoch from clock_timestamp())::float8 as now`)
  return now
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
