import type pg from 'pg'
import type { Notification, Sql } from './sql.ts'

/** Runs SQL: a {@link Transaction} runs it inside itself, a {@link Database} as a statement of its own. */
export interface Queryable {
  /** W3C `traceparent` of the work that this handle serves. Events published through the handle carry it on. */
  readonly trace: string | null
  all<Row extends object>(query: Sql): Promise<Row[]>
  /** The first row, or undefined when there is none. */
  first<Row extends object>(query: Sql): Promise<Row | undefined>
  /** The only row; throws when there is not exactly one. */
  one<Row extends object>(query: Sql): Promise<Row>
  /** Runs the statement and returns the number of affected rows. */
  run(query: Sql): Promise<number>
  /**
   * Queues a statement whose result you do not need. In a transaction it travels with the next statement or the commit, and
   * its failure fails that one. Outside a transaction it runs at once.
   */
  later(query: Sql): Promise<void> | void
  /**
   * Runs `work` after the transaction has committed, and never when it rolls back. Outside a transaction `work` runs at
   * once. An error that `work` throws after a commit is logged, because the commit stands.
   */
  afterCommit(work: () => void): void
  /** Notifies every process that listens to this database, when {@link afterCommit} work runs. It may be lost. */
  notify(notification: Notification): void
}

/** Sends notifications without waiting for a commit. */
export interface Notifier {
  notify(notification: Notification): void
}

export interface Database extends Queryable {
  /**
   * Commits when `work` returns, and rolls back when it throws. Inside a transaction it is a savepoint; nested
   * transactions that begin at the same time run one after the other.
   *
   * Use the handle that `work` receives. Inside `work`, this handle throws when it is asked to begin another
   * transaction. A handle whose transaction has ended rejects statements. PostgreSQL ends a transaction that is idle
   * for five seconds, so call slow third parties before or after it.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>
}

/** Adds a statement to the commit of each transaction of a handle. */
export interface CommitHook {
  /** The statement, which travels with the commit so that its locks are held for no longer than the commit takes. */
  statement(): Sql | undefined
  /** Called after the transaction with the statement has committed. */
  committed(): void
}

declare const insideTransaction: unique symbol

/** A database handle whose writes commit or roll back together. */
export interface Transaction extends Database {
  readonly [insideTransaction]: true
}

export abstract class Handle implements Queryable {
  readonly trace: string | null
  readonly #notifier: Notifier

  constructor(trace: string | null, notifier: Notifier) {
    this.trace = trace
    this.#notifier = notifier
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

  notify(notification: Notification): void {
    this.afterCommit(() => this.#notifier.notify(notification))
  }
}
