/**
 * The audit log: what users did by virtue of a role, or with things that belong to somebody else (docs/decisions/0045).
 *
 * The entry travels with the commit of the act's first transaction, so a crash leaves neither the act nor the entry
 * alone. An act without a transaction gets its entry right afterwards. `doran.audit` is append-only, and PostgreSQL
 * links each entry to the previous one by its hash. The lock of the chain is held for no longer than the commit takes.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Logger } from 'pino'
import type { Operation } from '../contract/contract.ts'
import { DomainError } from '../contract/errors.ts'
import type { CommitHook, Queryable } from '../database/database.ts'
import { type Sql, sql } from '../database/sql.ts'
import type { Actor } from './actor.ts'
import type { Call } from './call.ts'
import type { Context } from './service.ts'

type Members = Readonly<Record<string, unknown>>

/** What an act did. It must not contain secrets: entries cannot be erased. */
export interface Deed {
  /** The object of the act, in addition to the path parameters. */
  readonly target?: Members
  /** The state before the act. Members that did not change are left out. For personal data give field names only. */
  readonly before?: Members
  readonly after?: Members
}

export interface AuditEntry {
  seq: number
  at: string
  actor: string
  roles: string[]
  session: string
  address: string | null
  /** `service.operation` */
  operation: string
  target: Record<string, unknown>
  before: Record<string, unknown> | null
  after: Record<string, unknown> | null
  /** `done`, or the code of the error that refused the act. After `failed` it is unknown whether it was done. */
  outcome: string
  request: string | null
}

/** Key of the context member in which {@link audited} finds the act. */
export const ACT = Symbol('act')

/**
 * Describes the act for its entry. Call it before the transaction ends, in every operation whose access names roles,
 * and wherever a role lets a user change or read what belongs to somebody else. It does nothing for a user without a
 * role who acts on their own things.
 */
// biome-ignore lint/suspicious/noExplicitAny: any handler's context
export function audited(ctx: Context<any, any>, deed: Deed): void {
  ;(ctx as { [ACT]?: Act | undefined })[ACT]?.tell(deed)
}

/**
 * The act behind a call: a change by a user with a role, or a read that {@link audited} describes. Undefined for calls
 * of other services on their own behalf, and for users without a role.
 */
export function actOf(service: string, name: string, operation: Operation, input: object, call: Call): Act | undefined {
  const { access } = operation
  if (access === 'internal' || !call.actor) return undefined
  if (!isByRole(operation) && call.actor.roles.length === 0) return undefined
  return new Act(`${service}.${name}`, operation, input, call)
}

export class Act implements CommitHook {
  readonly #name: string
  readonly #operation: Operation
  readonly #input: object
  readonly #call: Call
  #begun = false
  #deed: Deed | undefined
  #recorded = false

  constructor(name: string, operation: Operation, input: object, call: Call) {
    this.#name = name
    this.#operation = operation
    this.#input = input
    this.#call = call
  }

  /** Called when the handler starts. It does not start when a stored answer replies to a repeated request. */
  begin(): void {
    this.#begun = true
  }

  tell(deed: Deed): void {
    this.#deed = deed
    this.#recorded = false
  }

  /** The entry for the transaction that is about to commit; undefined when none is due. */
  statement(): Sql | undefined {
    return this.#isDue ? this.#entry('done') : undefined
  }

  committed(): void {
    this.#recorded = true
  }

  /** Runs the call, then writes the entry unless a transaction has: for a read, a single statement or a refusal. */
  async run<T>(db: Queryable, log: Logger, work: () => Promise<T>): Promise<T> {
    let reply: T
    try {
      reply = await work()
    } catch (error) {
      const outcome = error instanceof DomainError ? error.code : 'failed'
      if (this.#isRefusalDue)
        await db.run(this.#entry(outcome)).catch((err) => log.error({ err }, 'an act was not audited'))
      throw error
    }
    if (this.#isDue) await db.run(this.#entry('done'))
    return reply
  }

  get #isDue(): boolean {
    const changes = this.#operation.method !== 'GET'
    return this.#begun && !this.#recorded && (changes || this.#deed !== undefined)
  }

  get #isRefusalDue(): boolean {
    return this.#isDue && (isByRole(this.#operation) || this.#deed !== undefined)
  }

  #entry(outcome: string): Sql {
    const { actor, address, request } = this.#call
    const { id, roles, session } = actor as Actor
    const { target, before, after } = this.#deed ?? {}
    const [old, now] = before && after ? differencesOf(before, after) : [before, after]
    return sql`
      insert into doran.audit (actor, roles, session, address, operation, target, before, after, outcome, request)
      values (${id}, ${roles}::text[], ${session}, ${address ?? null}, ${this.#name},
              ${sql.json({ ...pathOf(this.#operation, this.#input), ...target })}, ${old ? sql.json(old) : null},
              ${now ? sql.json(now) : null}, ${outcome}, ${request ?? null})`
  }
}

function isByRole({ access }: Operation): boolean {
  return typeof access !== 'string'
}

/** Reduces both states to the members that differ. */
function differencesOf(before: Members, after: Members): [Members, Members] {
  const differing = Object.keys({ ...before, ...after }).filter((key) => !isDeepStrictEqual(before[key], after[key]))
  const only = (all: Members) => Object.fromEntries(differing.map((key) => [key, all[key]]))
  return [only(before), only(after)]
}

/** The path parameters. They identify the object of the operation and are never secret. */
function pathOf({ route }: Operation, input: object): Record<string, unknown> {
  const names = [...String(route).matchAll(/:(\w+)/g)].map(([, name]) => name as string)
  return Object.fromEntries(names.map((name) => [name, (input as Record<string, unknown>)[name]]))
}

export interface AuditFilter {
  readonly actor?: string | undefined
  /** `service.operation`, or a prefix of it. */
  readonly operation?: string | undefined
  /** A value in the target, for example an id. */
  readonly target?: string | undefined
  /** Only entries with a lower `seq`. */
  readonly before?: number | undefined
  readonly limit: number
}

/** The entries of one database that match the filter, newest first. */
export function findAuditEntries(db: Queryable, filter: AuditFilter): Promise<AuditEntry[]> {
  const { actor, operation, target, before, limit } = filter
  const conditions = [
    sql`true`,
    ...(actor ? [sql`actor = ${actor}`] : []),
    ...(operation ? [sql`starts_with(operation, ${operation})`] : []),
    ...(target ? [sql`exists (select 1 from jsonb_each_text(target) t where t.value = ${target})`] : []),
    ...(before ? [sql`seq < ${before}`] : []),
  ]
  return db.all<AuditEntry>(sql`
    select seq, at, actor, roles, session, address, operation, target, before, after, outcome, request
    from doran.audit where ${sql.join(conditions, ' and ')} order by seq desc limit ${limit}`)
}

/** The places where the chain of a database is broken, among the entries with these numbers. */
export function findBrokenEntries(db: Queryable, numbers: readonly number[]): Promise<{ seq: number; what: string }[]> {
  return db.all(sql`
    select n as seq,
           case when e.seq is null then 'is missing: it was removed'
                when n > h.seq then 'is not known to the head of the chain'
                when e.hash <> doran.audit_hash(e) then 'was changed after it had been written'
                when e.previous <> coalesce(p.hash, case n when 1 then '\\x'::bytea end, e.previous)
                  then 'does not follow the entry before it'
                else 'is not the one that the head of the chain tells of' end as what
    from unnest(${numbers}::bigint[]) as n
    cross join doran.audit_head h
    left join doran.audit e on e.seq = n
    left join doran.audit p on p.seq = n - 1
    where e.seq is null or n > h.seq or e.hash <> doran.audit_hash(e)
       or e.previous <> coalesce(p.hash, case n when 1 then '\\x'::bytea end, e.previous)
       or (n = h.seq and e.hash <> h.hash)
    order by n`)
}

/**
 * Up to `limit` entry numbers after `after`: the numbers that must exist according to the chain's head, and those that
 * do.
 */
export async function auditNumbers(db: Queryable, after: number, limit: number): Promise<number[]> {
  const rows = await db.all<{ seq: number }>(sql`
    select seq from generate_series(${after}::bigint + 1, least(${after}::bigint + ${limit}, (
      select greatest(h.seq, (select max(seq) from doran.audit)) from doran.audit_head h))) as seq`)
  return rows.map(({ seq }) => seq)
}
