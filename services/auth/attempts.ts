/**
 * Wrong passwords make the next attempt wait: longer and longer, never for ever. Both the account and the network
 * of the client are counted, by the database's clock. What costs a hash has a rate for each network, right or wrong.
 */
import { createHash } from 'node:crypto'
import { isIPv4, isIPv6 } from 'node:net'
import { type Queryable, sql } from '@doran/kernel'
import { tooManyAttempts } from './errors.ts'
import { assertNotBusy } from './passwords.ts'

interface Rule {
  /** Failures that cost nothing. */
  free: number
  /** Each failure after them doubles the delay, from one second up to this. */
  longestDelay: number
  /** Seconds without a failure after which counting begins anew. */
  forgetAfter: number
}

// Whoever knows an address can make its owner wait on a new device in a new network, so the longest delay is bearable: it
// leaves 288 guesses a day.
const ACCOUNT: Rule = { free: 9, longestDelay: 300, forgetAfter: 86_400 }
// Many people may share a network.
const CLIENT: Rule = { free: 50, longestDelay: 60, forgetAfter: 3_600 }

/** What an attempt is counted under. */
export interface Attempt {
  readonly key: string
  /** Of a client whose network may have to wait; undefined when that does not matter. */
  readonly address: string | undefined
}

/**
 * Throws `too_many_attempts` while account or client must wait. An attempt on an account counts as failed from
 * here on, before the password is looked at, so that a thousand guesses at once count as a thousand; a right one
 * calls {@link forgive}. Accounts that do not exist are counted like others.
 */
export async function beginAttempt(db: Queryable, { key, address }: Attempt): Promise<void> {
  await assertClientMayTry(db, address)
  if (!(await count(db, key, ACCOUNT))) throw tooManyAttempts({ retryAfter: Math.max(1, await delayOf(db, key)) })
}

/** Throws `too_many_attempts` while the network of the client must wait. */
export async function assertClientMayTry(db: Queryable, address: string | undefined): Promise<void> {
  if (!address) return
  const delay = await delayOf(db, clientKey(address))
  if (delay > 0) throw tooManyAttempts({ retryAfter: delay })
}

/**
 * Comes before everything that makes or compares a hash. Throws `too_many_attempts` when the network of the client has
 * asked for more than `rate` of that in a minute, and `busy` when all clients together ask for more than can be done.
 */
export async function beginExpensive(db: Queryable, address: string | undefined, rate: number): Promise<void> {
  assertNotBusy()
  if (!address) return
  const over = sql`a.last_at <= now() - interval '1 minute'`
  const { count, retryAfter } = await db.one<{ count: number; retryAfter: number }>(sql`
    insert into auth.attempts as a (key, failures, last_at, blocked_until)
    values (${`rate:${clientKey(address)}`}, 1, now(), 'epoch')
    on conflict (key) do update set
      failures = case when ${over} then 1 else a.failures + 1 end,
      last_at = case when ${over} then now() else a.last_at end
    returning failures as count, greatest(1, ceil(extract(epoch from last_at + interval '1 minute' - now())))::integer as "retryAfter"`)
  if (count > rate) throw tooManyAttempts({ retryAfter })
}

export async function forgive(db: Queryable, { key }: Attempt): Promise<void> {
  await db.run(sql`delete from auth.attempts where key = ${key}`)
}

/** A client is not forgiven by a success: it might be with an account of its own. */
export async function blameClient(db: Queryable, address: string | undefined): Promise<void> {
  if (address) await count(db, clientKey(address), CLIENT)
}

/** Counts one more, unless it must still wait; then the answer is false. */
async function count(db: Queryable, key: string, { free, longestDelay, forgetAfter }: Rule): Promise<boolean> {
  const forgotten = sql`a.last_at < now() - make_interval(secs => ${forgetAfter})`
  const rows = await db.run(sql`
    insert into auth.attempts as a (key, failures, last_at, blocked_until) values (${key}, 1, now(), 'epoch')
    on conflict (key) do update set
      failures = case when ${forgotten} then 1 else a.failures + 1 end,
      last_at = now(),
      blocked_until = case
        when ${forgotten} or a.failures < ${free}::integer then a.blocked_until
        else now() + make_interval(secs => least(${longestDelay}::float8, power(2, least(a.failures - ${free}::integer, 20))))
      end
    where a.blocked_until <= now()`)
  return rows === 1
}

/** Seconds to wait, rounded up; 0 when there is nothing to wait for. */
async function delayOf(db: Queryable, key: string): Promise<number> {
  const row = await db.first<{ delay: number }>(sql`
    select ceil(extract(epoch from blocked_until - now()))::integer as delay
    from auth.attempts where key = ${key} and blocked_until > now()`)
  return row?.delay ?? 0
}

export function accountKey(email: string): string {
  return `account:${createHash('sha256').update(email.toLowerCase()).digest('base64url')}`
}

/** IPv6 networks are given out by /64 and more, so that much of an address is one client. */
export function clientKey(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
  if (isIPv4(plain)) return `client:${plain}`
  if (!isIPv6(plain)) return 'client:unknown'
  const [head = '', tail] = plain.split('::')
  const groups = (part: string) => (part === '' ? [] : part.split(':'))
  const missing = tail === undefined ? 0 : 8 - groups(head).length - groups(tail).length
  const all = [...groups(head), ...Array<string>(Math.max(0, missing)).fill('0'), ...groups(tail ?? '')]
  return `client:${all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}
