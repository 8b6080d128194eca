import { AsyncLocalStorage } from 'node:async_hooks'
import type pg from 'pg'
import type { Logger } from 'pino'
import { Flight, type Passenger } from './driver.ts'
import { type Database, Handle, type Notifier, type Transaction } from './queryable.ts'
import { type Sql, sql } from './sql.ts'
import { translated } from './trouble.ts'

/** PostgreSQL ends a transaction that is silent for five seconds; see the role's settings in migrate.ts. */
const SILENCE_TO_WARN_OF_MS = 1_000

/** Transactions that are open around the code that runs, the innermost first. */
interface Around {
  /** The handle on which it was begun. */
  readonly begunOn: Database
  open: boolean
  readonly outer: Around | undefined
}

const around = new AsyncLocalStorage<Around>()

/**
 * Refuses to begin a transaction on the handle of one that is still open around it: with an Idempotency-Key the two would
 * be one transaction, without it they would be two, of which the inner one waits for a connection that the outer holds.
 */
export function refuseInside(begunOn: Database): void {
  for (let known = around.getStore(); known; known = known.outer) {
    if (known.open && known.begunOn === begunOn) {
      throw new Error(
        'a transaction inside another one is begun on its handle: tx.transaction(…), not db.transaction(…)',
      )
    }
  }
}

/** Runs the work of a transaction that was begun on this handle. */
export async function within<T>(begunOn: Database, work: () => Promise<T>): Promise<T> {
  const here: Around = { begunOn, open: true, outer: around.getStore() }
  try {
    return await around.run(here, work)
  } finally {
    here.open = false
  }
}

/** The statements of one transaction on its connection, in their order. */
class Statements {
  readonly #client: pg.PoolClient
  readonly #log: Logger | undefined
  readonly #trace: string | null
  /** What goes next. It waits for a statement whose result somebody needs, and then for others of the same turn. */
  #flight: Passenger[] = []
  #departing = false
  #begun = false
  #silentSince: number | undefined
  #savepoints = 0

  constructor(client: pg.PoolClient, log: Logger | undefined, trace: string | null) {
    this.#client = client
    this.#log = log
    this.#trace = trace
  }

  newSavepoint(): Sql {
    return sql.raw(`nested_${++this.#savepoints}`)
  }

  later(query: Sql): void {
    this.#board(query, () => {})
  }

  run<Row extends object>(query: Sql): Promise<pg.QueryResult<Row>> {
    if (!this.#departing) queueMicrotask(() => this.#depart())
    this.#departing = true
    return new Promise((resolve, reject) => {
      this.#board(query, (error, result) =>
        error ? reject(translated(error)) : resolve(result as pg.QueryResult<Row>),
      )
    })
  }

  /** Takes everything back. What has not left yet never leaves; what has left is answered before. */
  async rollBack(): Promise<void> {
    const left = this.#flight
    this.#flight = []
    for (const { callback } of left) callback(ended())
    if (this.#begun) await this.#client.query('rollback')
  }

  #board(query: Sql, callback: Passenger['callback']): void {
    this.#flight.push({ ...query.statement(), callback })
  }

  #depart(): void {
    this.#departing = false
    if (this.#flight.length === 0) return
    this.#warnOfSilence()
    const flight = new Flight(this.#flight)
    flight.callback = () => {
      this.#silentSince = performance.now()
    }
    this.#flight = []
    this.#begun = true
    this.#client.query(flight as never)
  }

  #warnOfSilence(): void {
    const silence = this.#silentSince === undefined ? 0 : performance.now() - this.#silentSince
    this.#silentSince = undefined
    if (silence < SILENCE_TO_WARN_OF_MS) return
    this.#log?.warn(
      { ms: Math.round(silence), traceparent: this.#trace },
      'a transaction was silent between two statements; PostgreSQL ends it after five seconds, so do slow work outside of it',
    )
  }
}

interface Surroundings {
  readonly notifier: Notifier
  readonly log: Logger | undefined
}

/** A transaction, or a savepoint inside one. */
export class TransactionHandle extends Handle implements Database {
  /** What is to be done after the commit. */
  readonly committed: (() => void)[] = []
  readonly #statements: Statements
  readonly #notifier: Notifier
  readonly #outer: TransactionHandle | undefined
  /** When the last of the transactions inside this one has ended. */
  #turn: Promise<void> = Promise.resolve()
  #inside = 0
  #over = false

  private constructor(statements: Statements, trace: string | null, notifier: Notifier, outer?: TransactionHandle) {
    super(trace, notifier)
    this.#statements = statements
    this.#notifier = notifier
    this.#outer = outer
  }

  static begin(client: pg.PoolClient, trace: string | null, { notifier, log }: Surroundings): TransactionHandle {
    const statements = new Statements(client, log, trace)
    statements.later(sql`begin`)
    return new TransactionHandle(statements, trace, notifier)
  }

  protected query<Row extends object>(query: Sql): Promise<pg.QueryResult<Row>> {
    if (this.#isOver) return Promise.reject(ended())
    this.#notifyOf(query)
    return this.#statements.run<Row>(query)
  }

  later(query: Sql): void {
    this.#assertOpen()
    this.#notifyOf(query)
    this.#statements.later(query)
  }

  afterCommit(work: () => void): void {
    this.#assertOpen()
    this.committed.push(work)
  }

  async commit(): Promise<void> {
    if (this.#inside > 0) throw new Error('a transaction inside this one is still running: await it')
    this.#over = true
    const { command } = await this.#statements.run(sql`commit`)
    if (command !== 'COMMIT') throw new Error('the transaction went on after a statement had failed')
  }

  /** Resolves once the connection may be used by others. */
  async rollBack(): Promise<void> {
    this.#over = true
    await this.#statements.rollBack()
  }

  async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    this.#assertOpen()
    refuseInside(this)
    this.#inside++
    // One after the other: savepoints of two that are open at once would be undone together.
    const before = this.#turn
    const mine = Promise.withResolvers<void>()
    this.#turn = mine.promise
    try {
      await before
      return await this.#nest(work)
    } finally {
      this.#inside--
      mine.resolve()
    }
  }

  async #nest<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const savepoint = this.#statements.newSavepoint()
    this.later(sql`savepoint ${savepoint}`)
    const nested = new TransactionHandle(this.#statements, this.trace, this.#notifier, this)
    try {
      const result = await within(this, () => work(nested as unknown as Transaction))
      if (nested.#inside > 0) throw new Error('a transaction inside this one is still running: await it')
      nested.#over = true
      await this.run(sql`release ${savepoint}`)
      this.committed.push(...nested.committed)
      return result
    } catch (error) {
      nested.#over = true
      if (!this.#isOver) this.later(sql`rollback to ${savepoint}`)
      throw error
    }
  }

  #notifyOf(query: Sql): void {
    for (const notification of query.notifications()) this.notify(notification)
  }

  get #isOver(): boolean {
    const outer = this.#outer
    return this.#over || (outer ? outer.#isOver : false)
  }

  /** What goes on after the end would run on a connection that is somebody else's by then. */
  #assertOpen(): void {
    if (this.#isOver) throw ended()
  }
}

function ended(): Error {
  return new Error('the transaction has ended; await everything that uses its handle before it ends')
}
