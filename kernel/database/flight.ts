import pg from 'pg'
import type { Sql } from './sql.ts'

/** The driver's query and connection, as far as its own client uses them and its types do not show. */
type Method = 'prepare' | `handle${'RowDescription' | 'DataRow' | 'CommandComplete' | 'ReadyForQuery'}` | '_getRows'
type Statement = Record<Method, (...given: object[]) => void> & { name: string; text: string; _result: object } & {
  callback: (error: Error) => void
}
type Connection = pg.Connection & { sync(): void; submittedNamedStatements: Record<string, string> }

/** A query object of the driver: given a plain one, it would copy it by its property descriptors each time. */
export function asSubmitted(query: Sql, also: object = {}): pg.QueryConfig {
  const { name, text, values } = query.statement()
  return Object.assign(new pg.Query(text, values as string[]), { name }, also) as unknown as pg.QueryConfig
}

/**
 * Statements that travel together: PostgreSQL is given all of them in one message and answers them in one, where each on
 * its own would cost both sides a turn of reading, writing and waking up. They run in their order. After one that fails
 * the rest is not run, and whoever waits for any of them is told.
 */
export class Flight {
  /** Here the client says how values are read. */
  readonly _result: Statement['_result'] = {}
  /** Told when all is over; the client puts its time limit there. */
  callback: (error?: Error) => void = () => {}
  readonly #statements: readonly Statement[]
  #landed = 0

  constructor(statements: readonly pg.QueryConfig[]) {
    this.#statements = statements as unknown as Statement[]
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
