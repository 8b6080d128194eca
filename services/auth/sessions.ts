/**
 * Sessions and their refresh tokens, of which only hashes are stored. A token's successor is derived from the token and
 * the session's secret, so a repeated refresh returns the same successor although it is stored nowhere.
 */
import { createHash, createHmac, randomBytes } from 'node:crypto'
import { type Channel, newId, type Queryable, sql, type Transaction } from '@doran/kernel'
import { type Account, lockAccountShared } from './accounts.ts'
import type { From, Session } from './contract.ts'
import { revoke } from './revocations.ts'

/** How long a session lasts after its last refresh. */
const SESSION_LIFETIME = '30 days'
/** How long a session lasts after the sign-in at most, however often it is refreshed. */
const MAX_SESSION_LIFETIME = '90 days'
/** A further sign-in ends the least recently used session. */
const MAX_SESSIONS = 20
/** A token rotated this recently may be repeated, since the first reply may have been lost. */
const REPLAY_GRACE = '30 seconds'

/** The content of new tokens. */
export interface Grant {
  userId: string
  sessionId: string
  roles: Account['roles']
  refreshToken: string
  /** The time of the grant by the database's clock, in seconds since the epoch, to the microsecond. */
  issuedAt: number
  /** The time of the sign-in that opened the session, in the same unit. */
  signedInAt: number
}

/** Begins a session. The account must be locked, in share mode or exclusively. */
export async function startSession(tx: Transaction, channel: Channel, account: Account, from: From): Promise<Grant> {
  await endSurplusSessions(tx, channel, account.userId)
  const sessionId = newId()
  const refreshToken = randomBytes(32).toString('base64url')
  const { issuedAt } = await tx.one<{ issuedAt: number }>(sql`
    insert into auth.sessions (id, user_id, family_secret, user_agent, address, expires_at)
    values (${sessionId}, ${account.userId}, ${randomBytes(32)}, ${from['user-agent']?.slice(0, 300) ?? null},
            ${from['x-client-address'] ?? null}, now() + ${SESSION_LIFETIME}::interval)
    returning extract(epoch from clock_timestamp())::float8 as "issuedAt"`)
  await insertRefreshToken(tx, sessionId, refreshToken)
  return { userId: account.userId, sessionId, roles: account.roles, refreshToken, issuedAt, signedInAt: issuedAt }
}

async function endSurplusSessions(tx: Transaction, channel: Channel, userId: string): Promise<void> {
  const surplus = await tx.all<{ id: string }>(sql`
    select id from auth.sessions where user_id = ${userId} and revoked_at is null and expires_at > now()
    order by last_used_at desc, id desc offset ${MAX_SESSIONS - 1}`)
  for (const { id } of surplus) await endSession(tx, channel, userId, id)
}

/** The content of a further access token of a session; undefined if the session has ended. */
export async function continueSession(
  tx: Transaction,
  userId: string,
  sessionId: string,
): Promise<Omit<Grant, 'refreshToken'> | undefined> {
  const account = await lockAccountShared(tx, userId)
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
 * Rotates a refresh token. The lock of the session serialises concurrent calls; the second one finds the token rotated
 * just now and returns the same successor. A reuse ends the session, so the transaction must commit then, too.
 */
export async function rotateRefreshToken(tx: Transaction, channel: Channel, token: string): Promise<Refreshed> {
  const owner = await findOwner(tx, token)
  if (!owner) return { outcome: 'invalid' }
  const { userId, sessionId } = owner
  const account = await lockAccountShared(tx, userId)
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

/** Ends a session. Returns false if it had ended before or does not belong to the user. */
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

/** Ends all sessions of an account and revokes all its access tokens. The account must be locked. */
export async function endAllSessions(tx: Transaction, channel: Channel, userId: string): Promise<void> {
  await tx.run(sql`update auth.sessions set revoked_at = now() where user_id = ${userId} and revoked_at is null`)
  await revoke(tx, channel, `user:${userId}`)
}

/** Ends all sessions of an account but one. The account must be locked. */
export async function endOtherSessions(tx: Transaction, channel: Channel, userId: string, kept: string): Promise<void> {
  const ended = await tx.all<{ id: string }>(sql`
    update auth.sessions set revoked_at = now()
    where user_id = ${userId} and id <> ${kept} and revoked_at is null and expires_at > now()
    returning id`)
  for (const { id } of ended) await revoke(tx, channel, `session:${id}`)
}

/** Deletes the sessions of a user who has withdrawn. Their access tokens must have been revoked. */
export async function forgetSessions(tx: Transaction, userId: string): Promise<void> {
  await tx.run(sql`delete from auth.sessions where user_id = ${userId}`)
}

/** All sessions of a user, including ended ones, oldest first. */
export function listAllSessionsOf(db: Queryable, userId: string): Promise<Omit<Session, 'current'>[]> {
  return db.all(sql`
    select id, user_agent as "userAgent", address, created_at as "createdAt", last_used_at as "lastUsedAt",
           expires_at as "expiresAt"
    from auth.sessions where user_id = ${userId} order by id`)
}

/** Whether the session belongs to the user. True for an ended session, too. */
export async function ownsSession(db: Queryable, userId: string, sessionId: string): Promise<boolean> {
  const row = await db.first(sql`select 1 from auth.sessions where id = ${sessionId} and user_id = ${userId}`)
  return row !== undefined
}

/**
 * The live sessions of a user, newest first. Reads up to `limit + 1` rows, so that the caller sees whether more follow.
 */
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
  /** The token was exchanged too long ago to count as a repetition. */
  reused: boolean
  signedInAt: number
}

// Locks in a statement of its own, so that the next statement sees what the previous holder of the lock has committed.
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
      expires_at = least(now() + ${SESSION_LIFETIME}::interval, created_at + ${MAX_SESSION_LIFETIME}::interval)
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
