/**
 * Two extensions of `pg`. Prepared statements send Describe once per connection instead of at every run
 * (docs/decisions/0023), and a pipeline sends several statements in one message (docs/decisions/0016). Both rely on the
 * interface that the client of `pg` expects of a query object, which its types do not show.
 */
import pg from 'pg'

/** A named prepared statement. Statements with the same name have the same text. */
export interface NamedStatement {
  readonly name: string
  readonly text: string
  readonly values: readonly unknown[]
}

/** What `pg` derives from a RowDescription: column names and types, a parser for each column, and an empty row. */
interface RowDescription {
  fields: object[]
  _parsers?: object[]
  _prebuiltEmptyResultObject: object | null
}

type Connection = pg.Connection & {
  sync(): void
  submittedNamedStatements: Record<string, string>
}

interface DriverQuery {
  name: string
  text: string
  callback: (error: Error | null, result?: unknown) => void
  _result: RowDescription
  _accumulateRows: boolean
  _getRows(): void
  prepare(connection: Connection): void
  handleRowDescription(message: object): void
  handleDataRow(message: object): void
  handleCommandComplete(message: object, connection: Connection): void
  handleReadyForQuery(connection: Connection): void
}

const DriverQuery = pg.Query as unknown as new (text: string, values: readonly unknown[]) => DriverQuery

/** The row descriptions of the statements that one connection has run; undefined for a statement without columns. */
class DescribedStatements {
  readonly descriptions = new Map<string, RowDescription | undefined>()
  /** The same connection, but its `describe` sends nothing. */
  readonly withoutDescribe: Connection

  constructor(connection: Connection) {
    this.withoutDescribe = Object.create(connection, { describe: { value() {} } })
  }

  static readonly #all = new WeakMap<Connection, DescribedStatements>()

  static of(connection: Connection): DescribedStatements {
    const known = DescribedStatements.#all.get(connection) ?? new DescribedStatements(connection)
    DescribedStatements.#all.set(connection, known)
    return known
  }
}

// A cached description cannot become wrong: PostgreSQL refuses to run a prepared statement whose columns have changed.
class Statement extends DriverQuery {
  #described = false

  constructor({ name, text, values }: NamedStatement) {
    super(text, values)
    this.name = name
  }

  override prepare(connection: Connection): void {
    const { descriptions, withoutDescribe } = DescribedStatements.of(connection)
    const known = descriptions.has(this.name)
    if (known) {
      Object.assign(this._result, descriptions.get(this.name))
      this._accumulateRows = true
    }
    super.prepare(known ? withoutDescribe : connection)
  }

  override handleRowDescription(message: object): void {
    this.#described = true
    super.handleRowDescription(message)
  }

  override handleCommandComplete(message: object, connection: Connection): void {
    const { descriptions } = DescribedStatements.of(connection)
    const { fields, _parsers, _prebuiltEmptyResultObject } = this._result
    if (!descriptions.has(this.name)) {
      descriptions.set(this.name, this.#described ? { fields, _parsers, _prebuiltEmptyResultObject } : undefined)
    }
    super.handleCommandComplete(message, connection)
  }
}

/** A statement in the form that the client of `pg` accepts. */
export function statement(given: NamedStatement): pg.QueryConfig {
  return new Statement(given) as unknown as pg.QueryConfig
}

/** A statement of a {@link Pipeline} and the callback for its result. */
export interface PipelinedQuery extends NamedStatement {
  callback(error: Error | null, result?: unknown): void
}

/**
 * Several statements in one round trip: PostgreSQL reads them in one message and answers in one. Sent singly, each
 * would cost both sides a read, a write and a wake-up. The statements run in order. When one fails, PostgreSQL skips
 * those after it, and every callback of the pipeline receives the error.
 */
export class Pipeline {
  /** The client puts its type parsers here. */
  readonly _result: object = {}
  /** Called when the whole pipeline has been answered. The client wraps it to stop its query timeout. */
  callback: (error?: Error) => void = () => {}
  readonly #statements: readonly Statement[]
  #answered = 0

  constructor(queries: readonly PipelinedQuery[]) {
    this.#statements = queries.map((given) => Object.assign(new Statement(given), { callback: given.callback }))
  }

  // The members below are the interface that the client of `pg` expects of a query.

  get name() {
    return this.#current?.name
  }

  get text() {
    return this.#current?.text
  }

  submit(connection: Connection): void {
    connection.stream.cork()
    for (const statement of this.#statements) {
      Object.assign(statement._result, this._result)
      // The driver's own `_getRows` sends a Sync after each statement; the pipeline sends a single one at its end.
      statement._getRows = () => connection.execute({}, true)
      statement.prepare(connection)
    }
    connection.sync()
    connection.stream.uncork()
  }

  handleRowDescription = (message: object) => this.#current?.handleRowDescription(message)
  handleDataRow = (message: object) => this.#current?.handleDataRow(message)
  handleEmptyQuery = () => this.#answered++

  handleCommandComplete(message: object, connection: Connection): void {
    this.#current?.handleCommandComplete(message, connection)
    this.#answered++
  }

  handleError(error: Error, connection: Connection): void {
    // PostgreSQL did not parse the statements that it skipped, so the next run must send their Parse again.
    for (const { name } of this.#statements.slice(this.#answered)) delete connection.submittedNamedStatements[name]
    for (const { callback } of this.#statements) callback(error)
    this.callback(error)
  }

  handleReadyForQuery(connection: Connection): void {
    for (const statement of this.#statements) statement.handleReadyForQuery(connection)
    this.callback()
  }

  get #current(): Statement | undefined {
    return this.#statements[this.#answered]
  }
}
