import pg from 'pg'
import type { Logger } from 'pino'
import type { Deadline } from '../contract/deadline.ts'
import { kernelErrors } from '../contract/errors.ts'
import { statement } from './driver.ts'
import { type Database, type Ending, Handle, type Notifier, type Transaction } from './queryable.ts'
import { type Notification, type Sql, sql } from './sql.ts'
import { refuseInside, TransactionHandle, within } from './transaction.ts'
import { isUnanswered, rejectTranslated } from './trouble.ts'

export type { Database, Ending, Queryable, Transaction } from './queryable.ts'
export { brokenConstraint, sqlState } from './trouble.ts'

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

/** Longer than PostgreSQL lets a statement take: see the role's settings in migrate.ts. */
const QUERY_TIMEOUT_MS = 35_000

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
  readonly #log: Logger | undefined
  #held = 0
  readonly #waiting: { depth: number; start: () => void }[] = []
  /** Without one, notifications go over connections of the pool. */
  notifier: Notifier | undefined

  /** `queryTimeoutMs`: after which a connection that does not answer is given up. */
  constructor(url: string, size: number, queryTimeoutMs = QUERY_TIMEOUT_MS, log?: Logger) {
    this.#size = size
    this.#log = log
    this.#pool = new pg.Pool({
      connectionString: url,
      max: size,
      types,
      application_name: 'doran',
      connectionTimeoutMillis: 5_000,
      // A machine that vanishes says nothing, and TCP alone would wait for a quarter of an hour.
      query_timeout: queryTimeoutMs,
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

  async query<Row extends object>(query: Sql): Promise<pg.QueryResult<Row>> {
    const result = await this.#pool.query<Row>(statement(query.statement())).catch(rejectTranslated)
    for (const notification of query.notifications()) this.notify(notification)
    return result
  }

  notify(notification: Notification): void {
    const { channel, payload } = notification
    if (this.notifier) this.notifier.notify(notification)
    // Whoever misses it looks by itself.
    else this.query(sql`select pg_notify(${channel}, ${payload})`).catch(() => {})
  }

  /** Runs `work` in a transaction that is begun on this handle. */
  async transaction<T>(on: Database, of: Work, work: TransactionWork<T>): Promise<T> {
    const { depth, trace, deadline, ending } = of
    refuseInside(on)
    await this.#admit(depth, deadline)
    try {
      const client = await this.#pool.connect().catch(rejectTranslated)
      const handle = TransactionHandle.begin(client, trace, { notifier: this, log: this.#log })
      let broken: Error | undefined
      try {
        const result = await within(on, () => work(handle as unknown as Transaction))
        const last = ending?.statement()
        if (last) handle.later(last)
        await handle.commit()
        if (last) ending?.committed()
        for (const committed of handle.committed) this.#doAfterCommit(committed)
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

  #doAfterCommit(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.#log?.error({ err: error }, 'what was to follow a commit failed; the commit stands')
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
    super(work.trace, pool)
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

  transaction<T>(work: TransactionWork<T>): Promise<T> {
    return this.#pool.transaction(this, this.#work, work)
  }
}
