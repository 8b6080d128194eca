import pg from 'pg'
import type { Logger } from 'pino'
import type { Deadline } from '../contract/deadline.ts'
import { kernelErrors } from '../contract/errors.ts'
import { statement } from './driver.ts'
import { type CommitHook, type Database, Handle, type Notifier, type Transaction } from './queryable.ts'
import { type Notification, type Sql, sql } from './sql.ts'
import { assertNotOpenAround, TransactionHandle, whileOpen } from './transaction.ts'
import { isUnanswered, rejectTranslated } from './trouble.ts'

export type { CommitHook, Database, Queryable, Transaction } from './queryable.ts'
export { brokenConstraint, sqlState } from './trouble.ts'

// Sessions are in UTC, so nearly all times have this form and need no parsing.
const UTC_WITH_FRACTION = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3,6}\+00$/

// Parsers by type OID. Values come out as they go into JSON: 64-bit integers as numbers (money in minor units stays
// below 2^53), times as UTC ISO 8601 with milliseconds, dates as PostgreSQL writes them.
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

/** Longer than PostgreSQL's `statement_timeout`: see the role's settings in migrate.ts. */
const QUERY_TIMEOUT_MS = 35_000

/**
 * The connections of one process to one database, shared by all services that store their data there.
 *
 * A call made inside a transaction needs a connection of its own while the outer transaction holds another. If outer
 * calls held all connections, the inner calls would wait for ever. So transactions of depth 0 may hold 60 % of the
 * connections, those of depth 1 80 %, and deeper ones all.
 */
export class Pool {
  readonly #pool: pg.Pool
  readonly #size: number
  readonly #log: Logger | undefined
  #held = 0
  readonly #waiting: { depth: number; start: () => void }[] = []
  /** Sends the notifications. Without it they go over connections of the pool. */
  notifier: Notifier | undefined

  /** `queryTimeoutMs`: how long to wait for an answer before the connection is closed. */
  constructor(url: string, size: number, queryTimeoutMs = QUERY_TIMEOUT_MS, log?: Logger) {
    this.#size = size
    this.#log = log
    this.#pool = new pg.Pool({
      connectionString: url,
      max: size,
      types,
      application_name: 'doran',
      connectionTimeoutMillis: 5_000,
      // A server that vanishes sends nothing, and TCP alone would wait for a quarter of an hour.
      query_timeout: queryTimeoutMs,
      idleTimeoutMillis: 60_000,
    })
    // The pool replaces a connection that dies while idle. If that fails, the query that needs one reports the error.
    this.#pool.on('error', () => {})
    this.#pool.on('connect', (client) => client.on('error', () => {}))
  }

  /** A handle for calls at this depth: 0 for a request or task, plus one for each nested call. */
  at(depth: number, trace: string | null = null, deadline?: Deadline, commitHook?: CommitHook): Database {
    return new PoolHandle(this, { depth, trace, deadline, commitHook })
  }

  async query<Row extends object>(query: Sql): Promise<pg.QueryResult<Row>> {
    const result = await this.#pool.query<Row>(statement(query.statement())).catch(rejectTranslated)
    for (const notification of query.notifications()) this.notify(notification)
    return result
  }

  notify(notification: Notification): void {
    const { channel, payload } = notification
    if (this.notifier) this.notifier.notify(notification)
    // A lost notification only delays its receivers, which also look without one.
    else this.query(sql`select pg_notify(${channel}, ${payload})`).catch(() => {})
  }

  /** Runs `work` in a transaction that the handle `on` begins. */
  async transaction<T>(on: Database, options: HandleOptions, work: TransactionWork<T>): Promise<T> {
    const { depth, trace, deadline, commitHook } = options
    assertNotOpenAround(on)
    await this.#admit(depth, deadline)
    try {
      const client = await this.#pool.connect().catch(rejectTranslated)
      const handle = TransactionHandle.begin(client, trace, { notifier: this, log: this.#log })
      let broken: Error | undefined
      try {
        const result = await whileOpen(on, () => work(handle as unknown as Transaction))
        const last = commitHook?.statement()
        if (last) handle.later(last)
        await handle.commit()
        if (last) commitHook?.committed()
        for (const callback of handle.afterCommitCallbacks) this.#runAfterCommit(callback)
        return result
      } catch (error) {
        if (isUnanswered(error)) broken = error
        else await handle.rollBack().catch((cause) => (broken = cause))
        throw error
      } finally {
        client.release(broken)
      }
    } finally {
      this.#held--
      this.#admitNext()
    }
  }

  #runAfterCommit(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.#log?.error({ err: error }, 'what was to follow a commit failed; the commit stands')
    }
  }

  /** Connections in use, idle connections, the size of the pool, and callers that wait for a connection. */
  stats() {
    const { totalCount, idleCount: idle, waitingCount } = this.#pool
    return { used: totalCount - idle, idle, max: this.#size, waiting: waitingCount + this.#waiting.length }
  }

  close(): Promise<void> {
    return this.#pool.end()
  }

  /** Refuses a caller whose deadline passes while it waits for a connection: its work would only delay others. */
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

type TransactionWork<T> = (tx: Transaction) => Promise<T>

/** On whose behalf a handle uses connections. */
interface HandleOptions {
  depth: number
  trace: string | null
  deadline: Deadline | undefined
  commitHook: CommitHook | undefined
}

class PoolHandle extends Handle implements Database {
  readonly #pool: Pool
  readonly #options: HandleOptions

  constructor(pool: Pool, options: HandleOptions) {
    super(options.trace, pool)
    this.#pool = pool
    this.#options = options
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

  transaction<T>(work: TransactionWork<T>): Promise<T> {
    return this.#pool.transaction(this, this.#options, work)
  }
}
