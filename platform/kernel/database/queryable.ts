import type pg from 'pg'
import type { Notification, Sql } from './sql.ts'

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
   * Queues a statement whose result nobody needs. In a transaction it travels with the next statement or the commit, and
   * its failure fails that one. Outside a transaction it runs at once.
   */
  later(query: Sql): Promise<void> | void
  /**
   * Runs `work` once the transaction has committed, and never when it is rolled back; outside a transaction at once.
   * What it throws is logged: the commit has happened.
   */
  afterCommit(work: () => void): void
  /** Notifies every process that listens to this database, at the time of {@link afterCommit}. It may be lost. */
  notify(notification: Notification): void
}

/** Sends notifications at once. */
export interface Notifier {
  notify(notification: Notification): void
}

export interface Database extends Queryable {
  /**
   * Commits when `work` returns, rolls back when it throws. Inside a transaction it is a savepoint, and those that are
   * begun at the same time run one after the other.
   *
   * Use the handle that `work` is given: a transaction that is begun on this one inside `work` is refused, and a
   * statement on a handle whose transaction has ended as well. PostgreSQL ends a transaction in which nothing happens for
   * five seconds, so ask slow third parties before or after it.
   */
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
