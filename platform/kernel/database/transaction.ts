import { AsyncLocalStorage } from 'node:async_hooks'
import type pg from 'pg'
import type { Logger } from 'pino'
import { Pipeline, type PipelinedQuery } from './driver.ts'
import { type Database, Handle, type Notifier, type Transaction } from './queryable.ts'
import { type Sql, sql } from './sql.ts'
import { translated } from './trouble.ts'

/** PostgreSQL ends a transaction that is idle for five seconds; see the role's settings in migrate.ts. */
const IDLE_WARNING_MS = 1_000

/** A transaction inside whose `work` the current code runs. They form a list from the innermost to the outermost. */
interface OpenTransaction {
  /** The handle whose `transaction()` began it. */
  readonly begunOn: Database
  open: boolean
  readonly outer: OpenTransaction | undefined
}

const innermostOpen = new AsyncLocalStorage<OpenTransaction>()

/**
 * Throws when a transaction that was begun on this handle is still open around the current code (docs/decisions/0034).
 * The outcome would depend on the request: with an Idempotency-Key the two would be one transaction. Without a key they
 * would be two, and the inner one would wait for a connection while the outer one holds its own.
 */
export function assertNotOpenAround(begunOn: Database): void {
  for (let around = innermostOpen.getStore(); around; around = around.outer) {
    if (around.open && around.begunOn === begunOn) {
      throw new Error(
        'a transaction inside another one is begun on its handle: tx.transaction(…), not db.transaction(…)',
      )
    }
  }
}

/** Runs the work of a transaction that was begun on this handle, and marks the transaction as open meanwhile. */
export async function whileOpen<T>(begunOn: Database, work: () => Promise<T>): Promise<T> {
  const here: OpenTransaction = { begunOn, open: true, outer: innermostOpen.getStore() }
  try {
    return await innermostOpen.run(here, work)
  } finally {
    here.open = false
  }
}

/** The statements of one transaction, in order, and the connection that runs them. */
class StatementQueue {
  readonly #client: pg.PoolClient
  readonly #log: Logger | undefined
  readonly #trace: string | null
  /** Statements not yet sent. They leave in the microtask after a {@link run}, with all that is queued by then. */
  #queued: PipelinedQuery[] = []
  #sendScheduled = false
  #begun = false
  #idleSince: number | undefined
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
    this.#enqueue(query, () => {})
  }

  run<Row extends object>(query: Sql): Promise<pg.QueryResult<Row>> {
    if (!this.#sendScheduled) queueMicrotask(() => this.#send())
    this.#sendScheduled = true
    return new Promise((resolve, reject) => {
      this.#enqueue(query, (error, result) =>
        error ? reject(translated(error)) : resolve(result as pg.QueryResult<Row>),
      )
    })
  }

  /** Rolls back. Queued statements are rejected and never sent; PostgreSQL answers those already sent first. */
  async rollBack(): Promise<void> {
    const unsent = this.#queued
    this.#queued = []
    for (const { callback } of unsent) callback(endedError())
    if (this.#begun) await this.#client.query('rollback')
  }

  #enqueue(query: Sql, callback: PipelinedQuery['callback']): void {
    this.#queued.push({ ...query.statement(), callback })
  }

  #send(): void {
    this.#sendScheduled = false
    if (this.#queued.length === 0) return
    this.#warnOfIdleness()
    const pipeline = new Pipeline(this.#queued)
    pipeline.callback = () => {
      this.#idleSince = performance.now()
    }
    this.#queued = []
    this.#begun = true
    this.#client.query(pipeline as never)
  }

  #warnOfIdleness(): void {
    const idleMs = this.#idleSince === undefined ? 0 : performance.now() - this.#idleSince
    this.#idleSince = undefined
    if (idleMs < IDLE_WARNING_MS) return
    this.#log?.warn(
      { ms: Math.round(idleMs), traceparent: this.#trace },
      'a transaction was silent between two statements; PostgreSQL ends it after five seconds, so do slow work outside of it',
    )
  }
}

interface TransactionOptions {
  readonly notifier: Notifier
  readonly log: Logger | undefined
}

/** A transaction, or a savepoint inside one. */
export class TransactionHandle extends Handle implements Database {
  /** Run after the commit, in this order. */
  readonly afterCommitCallbacks: (() => void)[] = []
  readonly #statements: StatementQueue
  readonly #notifier: Notifier
  readonly #outer: TransactionHandle | undefined
  /** Resolves when the transaction that was begun last inside this one has ended. */
  #lastNested: Promise<void> = Promise.resolve()
  #openNested = 0
  #ended = false

  private constructor(statements: StatementQueue, trace: string | null, notifier: Notifier, outer?: TransactionHandle) {
    super(trace, notifier)
    this.#statements = statements
    this.#notifier = notifier
    this.#outer = outer
  }

  static begin(client: pg.PoolClient, trace: string | null, { notifier, log }: TransactionOptions): TransactionHandle {
    const statements = new StatementQueue(client, log, trace)
    statements.later(sql`begin`)
    return new TransactionHandle(statements, trace, notifier)
  }

  protected query<Row extends object>(query: Sql): Promise<pg.QueryResult<Row>> {
    if (this.#hasEnded) return Promise.reject(endedError())
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
    this.afterCommitCallbacks.push(work)
  }

  async commit(): Promise<void> {
    if (this.#openNested > 0) throw new Error('a transaction inside this one is still running: await it')
    this.#ended = true
    const { command } = await this.#statements.run(sql`commit`)
    if (command !== 'COMMIT') throw new Error('the transaction went on after a statement had failed')
  }

  /** Resolves when the connection can go back to the pool. */
  async rollBack(): Promise<void> {
    this.#ended = true
    await this.#statements.rollBack()
  }

  async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    this.#assertOpen()
    assertNotOpenAround(this)
    this.#openNested++
    // One at a time: rolling back to a savepoint also undoes every savepoint opened after it.
    const previous = this.#lastNested
    const own = Promise.withResolvers<void>()
    this.#lastNested = own.promise
    try {
      await previous
      return await this.#nest(work)
    } finally {
      this.#openNested--
      own.resolve()
    }
  }

  async #nest<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const savepoint = this.#statements.newSavepoint()
    this.later(sql`savepoint ${savepoint}`)
    const nested = new TransactionHandle(this.#statements, this.trace, this.#notifier, this)
    try {
      const result = await whileOpen(this, () => work(nested as unknown as Transaction))
      if (nested.#openNested > 0) throw new Error('a transaction inside this one is still running: await it')
      nested.#ended = true
      await this.run(sql`release ${savepoint}`)
      this.afterCommitCallbacks.push(...nested.afterCommitCallbacks)
      return result
    } catch (error) {
      nested.#ended = true
      if (!this.#hasEnded) this.later(sql`rollback to ${savepoint}`)
      throw error
    }
  }

  #notifyOf(query: Sql): void {
    for (const notification of query.notifications()) this.notify(notification)
  }

  get #hasEnded(): boolean {
    const outer = this.#outer
    return this.#ended || (outer ? outer.#hasEnded : false)
  }

  /** Throws after the end, when the connection may serve another transaction already. */
  #assertOpen(): void {
    if (this.#hasEnded) throw endedError()
  }
}

function endedError(): Error {
  return new Error('the transaction has ended; await everything that uses its handle before it ends')
}
