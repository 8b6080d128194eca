import { Flight, type Passenger, statement } from '@doran/driver'
import pg from 'pg'
import type { Deadline } from '../deadline.ts'
import { kernelErrors } from '../errors.ts'
import { type Sql, sql } from './sql.ts'

/** Runs SQL; on a {@link Transaction} inside it, on a {@link Database} by itself. */
export interface Queryable {
  /** W3C `traceparent` of the work that this handle serves; what is published through it carries it on. */
  readonly trace: string | null
  all<Row extends object>(query: Sql): Promise<Row[]>
  /** The first row, or undefined when there is none. */
  first<Row extends object>(query: Sql): Promise<Row | undefined>
  /** The only row; throws when there is not exactly one. */
  one<Row extends object>(query: Sql): Promise<Row>
  /** How many rows it touched. */
  run(query: Sql): Promise<number>
  /**
   * Runs it when nobody needs to know what came of it: in a transaction with the statement that comes next, or with the
   * commit, and what fails there fails with it; outside of one at once.
   */
  later(query: Sql): Promise<void> | void
  /** Does it once the transaction has committed, and never when it is rolled back; outside of one at once. */
  afterCommit(work: () => void): void
}

export interface Database extends Queryable {
  /** Commits when `work` returns, rolls back when it throws; inside a transaction it is a savepoint. */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>
}

/** What each transaction of a handle ends with. */
export interface Ending {
  /** Travels with the commit, so the locks that it takes are held for no longer than that. */
  statement(): Sql | undefined
  /** The transaction with the statement has committed. */
  committed(): void
}

declare const insideTransaction: unique symbol

/** A database handle whose writes commit or vanish together. */
export interface Transaction extends Database {
  readonly [insideTransaction]: true
}

// Values come out as they go into JSON: 64-bit integers as numbers (money in minor units stays below 2^53),
// times as UTC ISO 8601 with milliseconds, dates as they are written.
// As most times come, since sessions are in UTC: no need to read them.
const UTC_WITH_FRACTION = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3,6}\+00$/
const parsers: Record<number, (text: string) => unknown> = {
  20: (text) => {
    const value = Number(text)
    if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is too large for a safe integer`)
    return value
  },
  1082: (text) => text,
  1114: (text) => new Date(`${text}Z`).toISOString(),
  1184: (text) =>
    UTC_WITH_FRACTION.test(text) ? `${text.slice(0, 10)}T${text.slice(11, 23)}Z` : new Date(text).toISOString(),
}
const types = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    parsers[oid] ?? pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
}

abstract class Handle implements Queryable {
  readonly trace: string | null

  constructor(trace: string | null) {
    this.trace = trace
  }

  protected abstract query<Row extends object>(query: Sql): Promise<pg.QueryResult<Row>>

  async all<Row extends object>(query: Sql): Promise<Row[]> {
    return (await this.query<Row>(query)).rows
  }

  async first<Row extends object>(query: Sql): Promise<Row | undefined> {
    return (await this.query<Row>(query)).rows[0]
  }

  async one<Row extends object>(query: Sql): Promise<Row> {
    const { rows } = await this.query<Row>(query)
    if (rows.length !== 1) throw new Error(`expected one row, found ${rows.length}: ${query.statement().text}`)
    return rows[0] as Row
  }

  async run(query: Sql): Promise<number> {
    return (await this.query(query)).rowCount ?? 0
  }

  abstract later(query: Sql): Promise<void> | void

  abstract afterCommit(work: () => void): void
}

/** Longer than PostgreSQL lets a statement take: see the role's settings in migrate.ts. */
const PATIENCE = 35_000
/** What `pg` says when that is over. */
const UNANSWERED = 'Query read timeout'

/**
 * The connections of one process to one database, shared by all services that live there.
 *
 * A call made inside a transaction needs connections of its own while the outer one is held. Were all of them
 * held by outer calls, everyone would wait for everyone; so the outer calls of depth 0 may hold 60 % of them,
 * those at depth 1 80 %, deeper ones all.
 */
export class Pool {
  readonly #pool: pg.Pool
  readonly #size: number
  #held = 0
  readonly #waiting: { depth: number; start: () => void }[] = []

  /** `patience`: milliseconds after which a connection that does not answer is given up. */
  constructor(url: string, size: number, patience = PATIENCE) {
    this.#size = size
    this.#pool = new pg.Pool({
      connectionString: url,
      max: size,
      types,
      application_name: 'doran',
      connectionTimeoutMillis: 5_000,
      // A machine that vanishes says nothing, and TCP alone would wait for a quarter of an hour.
      query_timeout: patience,
      idleTimeoutMillis: 60_000,
    })
    // A connection that dies while idle is replaced at the next use; the query that needs it reports trouble.
    this.#pool.on('error', () => {})
    this.#pool.on('connect', (client) => client.on('error', () => {}))
  }

  /** A handle for calls at this depth: 0 for a request or task, one more for each nested call. */
  at(depth: number, trace: string | null = null, deadline?: Deadline, ending?: Ending): Database {
    return new PoolHandle(this, { depth, trace, deadline, ending })
  }

  query<Row extends object>(query: Sql): Promise<pg.QueryResult<Row>> {
    return this.#pool.query<Row>(statement(query.statement())).catch(rejectTranslated)
  }

  async transaction<T>({ depth, trace, deadline, ending }: Work, work: (tx: Transaction) => Promise<T>): Promise<T> {
    await this.#admit(depth, deadline)
    try {
      const client = await this.#pool.connect().catch(rejectTranslated)
      let broken: Error | undefined
      try {
        const handle = new TransactionHandle(client, trace)
        const result = await work(handle as unknown as Transaction)
        const last = ending?.statement()
        if (last) handle.later(last)
        await handle.commit()
        if (last) ending?.committed()
        for (const committed of handle.committed) committed()
        return result
      } catch (error) {
        if (error instanceof Error && (error.cause as Error | undefined)?.message === UNANSWERED) broken = error
        else await client.query('rollback').catch((cause) => (broken = cause))
        throw error
      } finally {
        client.release(broken)
      }
    } finally {
      this.#held--
      this.#admitNext()
    }
  }

  /** Connections in use and idle, the most that there may be, and callers that wait for one. */
  stats() {
    const { totalCount, idleCount: idle, waitingCount } = this.#pool
    return { used: totalCount - idle, idle, max: this.#size, waiting: waitingCount + this.#waiting.length }
  }

  close(): Promise<void> {
    return this.#pool.end()
  }

  /** Whoever has waited until nobody waits for the answer is refused: what is done too late keeps others waiting. */
  #admit(depth: number, deadline: Deadline | undefined): Promise<void> | void {
    if (this.#held < this.#limit(depth)) {
      this.#held++
      return
    }
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1)
        reject(kernelErrors.deadlineExceeded())
      }
      const timer = deadline && setTimeout(giveUp, deadline.remaining)
      const start = () => {
        clearTimeout(timer)
        resolve()
      }
      const waiting = { depth, start }
      this.#waiting.push(waiting)
    })
  }

  #admitNext(): void {
    const next = this.#waiting.findIndex(({ depth }) => this.#held < this.#limit(depth))
    if (next < 0) return
    this.#held++
    this.#waiting.splice(next, 1)[0]?.start()
  }

  #limit(depth: number): number {
    return depth >= 2 ? this.#size : Math.max(1, Math.floor(this.#size * (0.6 + 0.2 * depth)))
  }
}

/** For whom a connection is used. */
interface Work {
  depth: number
  trace: string | null
  deadline: Deadline | undefined
  ending: Ending | undefined
}

class PoolHandle extends Handle implements Database {
  readonly #pool: Pool
  readonly #work: Work

  constructor(pool: Pool, work: Work) {
    super(work.trace)
    this.#pool = pool
    this.#work = work
  }

  protected query<Row extends object>(query: Sql) {
    return this.#pool.query<Row>(query)
  }

  async later(query: Sql): Promise<void> {
    await this.run(query)
  }

  afterCommit(work: () => void): void {
    work()
  }

  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#pool.transaction(this.#work, work)
  }
}

class TransactionHandle extends Handle implements Database {
  /** What is to be done after the commit. */
  readonly committed: (() => void)[] = []
  readonly #client: pg.PoolClient
  /** What goes next. It waits for a statement whose result somebody needs, and then for others of the same turn. */
  #flight: Passenger[] = []
  #departing = false
  #savepoints = 0

  constructor(client: pg.PoolClient, trace: string | null) {
    super(trace)
    this.#client = client
    this.later(sql`begin`)
  }

  protected query<Row extends object>(query: Sql): Promise<pg.QueryResult<Row>> {
    if (!this.#departing) queueMicrotask(() => this.#depart())
    this.#departing = true
    return new Promise((resolve, reject) => {
      this.#board(query, (error, result) =>
        error ? reject(translated(error)) : resolve(result as pg.QueryResult<Row>),
      )
    })
  }

  later(query: Sql): void {
    this.#board(query, () => {})
  }

  async commit(): Promise<void> {
    const { command } = await this.query(sql`commit`)
    if (command !== 'COMMIT') throw new Error('the transaction went on after a statement had failed')
  }

  afterCommit(work: () => void): void {
    this.committed.push(work)
  }

  async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const savepoint = sql.raw(`nested_${++this.#savepoints}`)
    const before = this.committed.length
    this.later(sql`savepoint ${savepoint}`)
    try {
      const result = await work(this as unknown as Transaction)
      await this.run(sql`release ${savepoint}`)
      return result
    } catch (error) {
      this.committed.length = before
      this.later(sql`rollback to ${savepoint}`)
      throw error
    }
  }

  #board(query: Sql, callback: Passenger['callback']): void {
    this.#flight.push({ ...query.statement(), callback })
  }

  #depart(): void {
    const flight = new Flight(this.#flight)
    this.#flight = []
    this.#departing = false
    this.#client.query(flight as never)
  }
}

/**
 * What the network says, and PostgreSQL: out of connections, memory or disk (53), a disk that fails (58030), on its way down or up
 * (57P0), tired of a transaction in which we were silent (25P03).
 */
const UNAVAILABLE =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ENOENT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|53\w{3}|58030|57P0[123]|25P03)$/
/** What `pg` says, without a code, of a connection that was lost. */
const LOST = new RegExp(`^Connection terminated|is not queryable$|^${UNANSWERED}$`)

/** SQLSTATE of an error that PostgreSQL raised, for example `23505` for a broken unique constraint. */
export function sqlState(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined
}

/** Name of the constraint that a write broke, if that is why it failed. */
export function brokenConstraint(error: unknown): string | undefined {
  return sqlState(error)?.startsWith('23') ? (error as pg.DatabaseError).constraint : undefined
}

/** What is the database's trouble and not the statement's in our own words, with what it was as the cause. */
function translated(error: unknown): unknown {
  const { code, message = '' } = error as { code?: unknown; message?: string }
  if (message.includes('timeout exceeded when trying to connect')) return kernelErrors.overloaded()
  if (!UNAVAILABLE.test(String(code)) && !LOST.test(message)) return error
  return Object.assign(kernelErrors.databaseUnavailable({ retryAfter: 1 }), { cause: error })
}

function rejectTranslated(error: unknown): never {
  throw translated(error)
}
