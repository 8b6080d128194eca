/**
 * Idempotency keys (docs/decisions/0004). The claim of a key, the work under it and its answer are one transaction. Of
 * two simultaneous requests the second waits at the unique key until the first has committed, and then reads its
 * answer. A crash leaves neither work nor claim behind. A refused request leaves nothing either, so its key may be used
 * again.
 */
import { createHash } from 'node:crypto'
import { kernelErrors } from '../contract/errors.ts'
import type { Database, Queryable, Transaction } from '../database/database.ts'
import { sql } from '../database/sql.ts'
import { crashPoint, holds } from '../faults/index.ts'

/** How long an answer is stored, as a PostgreSQL interval. */
export const KEY_LIFETIME = '24 hours'

/** Throws `idempotency_key_invalid` unless the header's text is a valid key. */
export function assertKey(key: string): void {
  if (!/^[\x21-\x7e]{1,200}$/.test(key)) throw kernelErrors.idempotencyKeyInvalid()
}

/**
 * Shortest key of an anonymous caller. Only the key distinguishes one anonymous caller from another, so it must be as
 * hard to guess as 128 random bits, which have 32 hexadecimal characters.
 */
const MIN_ANONYMOUS_KEY_CHARACTERS = 32

/** Throws `idempotency_key_too_short` when the key of an anonymous caller is too short to be unguessable. */
export function assertAnonymousKey(key: string): void {
  if (key.length < MIN_ANONYMOUS_KEY_CHARACTERS) throw kernelErrors.idempotencyKeyTooShort()
}

/**
 * Derives keys for the calls that one run of keyed work makes. When the work is repeated, the same call gets the same
 * key and so the same answer. Two equal calls of one run get different keys, so both are done.
 */
export class NestedKeys {
  readonly #key: string
  /** Ordinals of calls that are done or under way, by the hash that equal calls share. */
  readonly #taken = new Map<string, Set<number>>()

  constructor(key: string) {
    this.#key = key
  }

  /** Makes a call under its key. After a failure the next equal call gets the same key, because it is a retry. */
  async use<T>(target: string, input: object, call: (key: string) => Promise<T>): Promise<T> {
    const first = hash([this.#key, target, input])
    const taken = this.#taken.get(first) ?? new Set()
    this.#taken.set(first, taken)
    let ordinal = 0
    while (taken.has(ordinal)) ordinal++
    taken.add(ordinal)
    try {
      return await call(ordinal === 0 ? first : hash([first, ordinal]))
    } catch (error) {
      taken.delete(ordinal)
      throw error
    }
  }
}

function hash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url')
}

/**
 * Runs `work` once for this scope. Later calls return the stored answer, for {@link KEY_LIFETIME}. Throws
 * `idempotency_key_reused` for another input.
 */
export async function once<T>(
  database: Database,
  scope: string,
  input: unknown,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  const fingerprint = createHash('sha256').update(canonical(input)).digest('base64url')
  const reply = await database.transaction(async (tx) => {
    const claimed = await tx.run(sql`
      insert into doran.idempotency_keys as k (scope, fingerprint) values (${scope}, ${fingerprint})
      on conflict (scope) do update set fingerprint = excluded.fingerprint, reply = null, created_at = now()
        where k.created_at < now() - ${KEY_LIFETIME}::interval`)
    if (claimed === 0 && holds('idempotency-claim')) return answerOf<T>(tx, scope, fingerprint)
    crashPoint('idempotency.after-claim-before-work')
    const reply = await work(tx)
    await tx.later(sql`
      update doran.idempotency_keys set reply = ${reply === undefined ? null : JSON.stringify(reply)} where scope = ${scope}`)
    crashPoint('idempotency.after-work-before-commit')
    return reply
  })
  crashPoint('idempotency.after-commit-before-answer')
  return reply
}

async function answerOf<T>(tx: Queryable, scope: string, fingerprint: string): Promise<T> {
  const kept = await tx.one<{ fingerprint: string; reply: T | null }>(sql`
    select fingerprint, reply from doran.idempotency_keys where scope = ${scope}`)
  if (kept.fingerprint !== fingerprint) throw kernelErrors.idempotencyKeyReused()
  return (kept.reply ?? undefined) as T
}

/** Deletes up to `limit` expired answers and returns how many. */
export function forgetOldKeys(database: Queryable, limit: number): Promise<number> {
  return database.run(sql`
    delete from doran.idempotency_keys where scope in (
      select scope from doran.idempotency_keys
      where created_at < now() - ${KEY_LIFETIME}::interval order by created_at limit ${limit})`)
}

/** JSON with object members in sorted order, so that equal inputs have equal text. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, member) =>
    member && typeof member === 'object' && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  )
}
