/**
 * Limits of password attempts. Wrong passwords delay the next attempt exponentially, up to a maximum. They are counted
 * for the account and for the client's network, by the database's clock. Besides, each network has a rate limit for
 * requests that cost a password hash, whether the password is right or wrong.
 */
import { createHash } from 'node:crypto'
import { isIPv4, isIPv6 } from 'node:net'
import { type Queryable, sql } from '@doran/kernel'
import { tooManyAttempts } from './errors.ts'
import { assertNotBusy } from './passwords.ts'

interface Rule {
  /** How many failures cause no delay. */
  freeFailures: number
  /** Each further failure doubles the delay, from one second up to this maximum. */
  maxDelaySeconds: number
  /** The counter starts again after this time without a failure. */
  resetAfterSeconds: number
}

// Anyone who knows an address can delay its owner's sign-in on a new device in a new network, so the maximum must stay
// bearable. Five minutes still leave an attacker only 288 guesses a day.
const ACCOUNT_RULE: Rule = { freeFailures: 9, maxDelaySeconds: 300, resetAfterSeconds: 86_400 }
// More lenient, because many people may share a network.
const CLIENT_RULE: Rule = { freeFailures: 50, maxDelaySeconds: 60, resetAfterSeconds: 3_600 }

export interface Attempt {
  /** The counter of this attempt. */
  readonly key: string
  /** The client's address, if a delay of its network applies to this attempt. */
  readonly address: string | undefined
}

/**
 * Counts an attempt as failed before its password is compared, so that a thousand concurrent guesses count as a
 * thousand. Call {@link clearFailures} when the password is right. Addresses without an account are counted like
 * others. Throws `too_many_attempts` while the account or the client's network is delayed.
 */
export async function beginAttempt(db: Queryable, { key, address }: Attempt): Promise<void> {
  await assertClientMayTry(db, address)
  if (!(await countFailure(db, key, ACCOUNT_RULE)))
    throw tooManyAttempts({ retryAfter: Math.max(1, await delayOf(db, key)) })
}

/** Throws `too_many_attempts` while the client's network is delayed. */
export async function assertClientMayTry(db: Queryable, address: string | undefined): Promise<void> {
  if (!address) return
  const delay = await delayOf(db, clientKey(address))
  if (delay > 0) throw tooManyAttempts({ retryAfter: delay })
}

/**
 * Counts a request that will compute a password hash; call it first. Throws `too_many_attempts` if the client's network
 * has sent more than `rate` of them within a minute, and `busy` if the queue for hashes is full.
 */
export async function countHashRequest(db: Queryable, address: string | undefined, rate: number): Promise<void> {
  assertNotBusy()
  if (!address) return
  const windowIsOver = sql`a.last_at <= now() - interval '1 minute'`
  const { count, retryAfter } = await db.one<{ count: number; retryAfter: number }>(sql`
    insert into auth.attempts as a (key, failures, last_at, blocked_until)
    values (${`rate:${clientKey(address)}`}, 1, now(), 'epoch')
    on conflict (key) do update set
      failures = case when ${windowIsOver} then 1 else a.failures + 1 end,
      last_at = case when ${windowIsOver} then now() else a.last_at end
    returning failures as count, greatest(1, ceil(extract(epoch from last_at + interval '1 minute' - now())))::integer as "retryAfter"`)
  if (count > rate) throw tooManyAttempts({ retryAfter })
}

export async function clearFailures(db: Queryable, { key }: Attempt): Promise<void> {
  await db.run(sql`delete from auth.attempts where key = ${key}`)
}

/** A later success does not clear this counter: an attacker could sign in to an account of their own. */
export async function countClientFailure(db: Queryable, address: string | undefined): Promise<void> {
  if (address) await countFailure(db, clientKey(address), CLIENT_RULE)
}

/** Counts a failure. Returns false, and counts nothing, while the key is delayed. */
async function countFailure(
  db: Queryable,
  key: string,
  { freeFailures, maxDelaySeconds, resetAfterSeconds }: Rule,
): Promise<boolean> {
  const isReset = sql`a.last_at < now() - make_interval(secs => ${resetAfterSeconds})`
  const rows = await db.run(sql`
    insert into auth.attempts as a (key, failures, last_at, blocked_until) values (${key}, 1, now(), 'epoch')
    on conflict (key) do update set
      failures = case when ${isReset} then 1 else a.failures + 1 end,
      last_at = now(),
      blocked_until = case
        when ${isReset} or a.failures < ${freeFailures}::integer then a.blocked_until
        else now() + make_interval(secs => least(${maxDelaySeconds}::float8, power(2, least(a.failures - ${freeFailures}::integer, 20))))
      end
    where a.blocked_until <= now()`)
  return rows === 1
}

/** The remaining delay in seconds, rounded up; 0 if there is none. */
async function delayOf(db: Queryable, key: string): Promise<number> {
  const row = await db.first<{ delay: number }>(sql`
    select ceil(extract(epoch from blocked_until - now()))::integer as delay
    from auth.attempts where key = ${key} and blocked_until > now()`)
  return row?.delay ?? 0
}

export function accountKey(email: string): string {
  return `account:${createHash('sha256').update(email.toLowerCase()).digest('base64url')}`
}

/** The client's network. For IPv6 that is its /64, the smallest network that providers assign to a customer. */
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
