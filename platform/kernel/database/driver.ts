/**
 * What `pg` is taught: to ask once for each connection, and not at each run, which columns a statement has, and to send
 * several statements in one message. It leans on what the driver's own client asks of a query, which its types do not show.
 */
import pg from 'pg'

/** A named prepared statement: its text is the same whenever its name is. */
export interface Named {
  readonly name: string
  readonly text: string
  readonly values: readonly unknown[]
}

/** What the driver found out of the columns: their names and types, how each is read, and a row without values. */
interface Columns {
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
  _result: Columns
  _accumulateRows: boolean
  _getRows(): void
  prepare(connection: Connection): void
  handleRowDescription(message: object): void
  handleDataRow(message: object): void
  handleCommandComplete(message: object, connection: Connection): void
  handleReadyForQuery(connection: Connection): void
}

const DriverQuery = pg.Query as unknown as new (text: string, values: readonly unknown[]) => DriverQuery

/** The columns of the statements that a connection has run, and the same connection for those that need not ask. */
class Known {
  readonly columns = new Map<string, Columns | undefined>()
  readonly incurious: Connection

  constructor(connection: Connection) {
    this.incurious = Object.create(connection, { describe: { value() {} } })
  }

  static readonly #all = new WeakMap<Connection, Known>()

  static of(connection: Connection): Known {
    const known = Known.#all.get(connection) ?? new Known(connection)
    Known.#all.set(connection, known)
    return known
  }
}

// PostgreSQL itself refuses a prepared statement whose columns have changed, so what was known of them stays true.
class Statement extends DriverQuery {
  #described = false

  constructor({ name, text, values }: Named) {
    super(text, values)
    this.name = name
  }

  override prepare(connection: Connection): void {
    const { columns, incurious } = Known.of(connection)
    const known = columns.has(this.name)
    if (known) {
      Object.assign(this._result, columns.get(this.name))
      this._accumulateRows = true
    }
    super.prepare(known ? incurious : connection)
  }

  override handleRowDescription(message: object): void {
    this.#described = true
    super.handleRowDescription(message)
  }

  override handleCommandComplete(message: object, connection: Connection): void {
    const { columns } = Known.of(connection)
    const { fields, _parsers, _prebuiltEmptyResultObject } = this._result
    if (!columns.has(this.name)) {
      columns.set(this.name, this.#described ? { fields, _parsers, _prebuiltEmptyResultObject } : undefined)
    }
    super.handleCommandComplete(message, connection)
  }
}

/** A statement as the driver's client takes it. */
export function statement(given: Named): pg.QueryConfig {
  return new Statement(given) as unknown as pg.QueryConfig
}

/** A statement of a {@link Flight}, and who is told what comes of it. */
export interface Passenger extends Named {
  callback(error: Error | null, result?: unknown): void
}

/**
 * Statements that travel together: PostgreSQL is given all of them in one message and answers them in one, where each on
 * its own would cost both sides a turn of reading, writing and waking up. They run in their order. After one that fails
 * the rest is not run, and whoever waits for any of them is told.
 */
export class Flight {
  /** Here the client says how values are read. */
  readonly _result: object = {}
  /** Told when all is over; the client puts its time limit there. */
  callback: (error?: Error) => void = () => {}
  readonly #statements: readonly Statement[]
  #landed = 0

  constructor(passengers: readonly Passenger[]) {
    this.#statements = passengers.map((given) => Object.assign(new Statement(given), { callback: given.callback }))
  }

  // From here on it is what the driver's client asks of a query.

  get name() {
    return this.#now?.name
  }

  get text() {
    return this.#now?.text
  }

  submit(connection: Connection): void {
    connection.stream.cork()
    for (const statement of this.#statements) {
      Object.assign(statement._result, this._result)
      // Else it would ask for an answer of its own.
      statement._getRows = () => connection.execute({}, true)
      statement.prepare(connection)
    }
    connection.sync()
    connection.stream.uncork()
  }

  handleRowDescription = (message: object) => this.#now?.handleRowDescription(message)
  handleDataRow = (message: object) => this.#now?.handleDataRow(message)
  handleEmptyQuery = () => this.#landed++

  handleCommandComplete(message: object, connection: Connection): void {
    this.#now?.handleCommandComplete(message, connection)
    this.#landed++
  }

  handleError(error: Error, connection: Connection): void {
    // Those that were not run were not prepared either.
    for (const { name } of this.#statements.slice(this.#landed)) delete connection.submittedNamedStatements[name]
    for (const { callback } of this.#statements) callback(error)
    this.callback(error)
  }

  handleReadyForQuery(connection: Connection): void {
    for (const statement of this.#statements) statement.handleReadyForQuery(connection)
    this.callback()
  }

  get #now(): Statement | undefined {
    return this.#statements[this.#landed]
  }
}
