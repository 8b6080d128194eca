/**
 * A statement or a fragment, written as SQL. Each distinct text becomes a named prepared statement, so PostgreSQL
 * parses and plans it once per connection. Values never become part of the text.
 */
export class Sql {
  readonly strings: readonly string[]
  readonly values: readonly unknown[]
  readonly notification: Notification | undefined
  #compiled: (Statement & { notifications: Notification[] }) | undefined

  constructor(strings: readonly string[], values: readonly unknown[], notification?: Notification) {
    this.strings = strings
    this.values = values
    this.notification = notification
  }

  /** The statement for the driver: its name, the text with `$n` placeholders, and the values. */
  statement(): Statement {
    const { name, text, values } = this.#compile()
    return { name, text, values }
  }

  /** The notifications that other processes receive after this statement has committed: see {@link sql.notify}. */
  notifications(): readonly Notification[] {
    return this.#compile().notifications
  }

  #compile() {
    this.#compiled ??= compile(this)
    return this.#compiled
  }
}

interface Statement {
  readonly name: string
  readonly text: string
  readonly values: unknown[]
}

/** A message for every process that listens to the database. It may be lost, so it is only a hint to look. */
export interface Notification {
  readonly channel: string
  readonly payload: string
}

/** Example: ``db.first(sql`select id, name from product.products where id = ${id}`)``. Fragments nest. */
export function sql(strings: TemplateStringsArray, ...values: unknown[]): Sql {
  return new Sql(strings, values)
}

/** An empty fragment, for the other branch of an optional one. */
sql.empty = new Sql([''], [])

/** Joins fragments, for example conditions with `sql.join(conditions, ' and ')`. */
sql.join = (fragments: readonly Sql[], separator = ', '): Sql =>
  fragments.length === 0
    ? sql.empty
    : new Sql(constant(['', ...Array<string>(fragments.length - 1).fill(separator), '']), fragments)

/** A value for a `json` or `jsonb` column. Arrays need it: `pg` would send them as PostgreSQL arrays. */
sql.json = (value: unknown): string => JSON.stringify(value)

/** A `timestamptz` as a contract's `Timestamp`, inside JSON that PostgreSQL makes. */
sql.time = (value: Sql): Sql => sql`to_char(${value} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

/** Trusted text, for names that cannot be parameters. Never pass input from outside. */
sql.raw = (text: string): Sql => new Sql(constant([text]), [])

/**
 * A fragment without SQL. The statement that contains it sends the notification after its commit. A NOTIFY inside the
 * transaction would make the commit wait for every other notifying transaction of the server.
 */
sql.notify = (channel: string, payload: string): Sql => new Sql(constant(['']), [], { channel, payload })

// Statements by shape: which templates are nested in which. Rendering a long text at each run, and looking it up by its
// characters, would take a considerable part of a request's time.
const statements = new Map<string, { name: string; text: string }>()
const templates = new WeakMap<readonly string[], number>()
const constants = new Map<string, readonly string[]>()
let templateCount = 0

function compile(query: Sql) {
  const values: unknown[] = []
  const notifications: Notification[] = []
  const shape = shapeOf(query, values, notifications)
  let statement = statements.get(shape)
  if (!statement) {
    statement = { name: `q${statements.size + 1}`, text: textOf(query) }
    statements.set(shape, statement)
  }
  return { ...statement, values, notifications }
}

/** The shape of a statement. Also collects its values, in the order of their placeholders, and its notifications. */
function shapeOf(
  { strings, values: all, notification }: Sql,
  values: unknown[],
  notifications: Notification[],
): string {
  if (notification) notifications.push(notification)
  const template = templates.get(strings) ?? ++templateCount
  templates.set(strings, template)
  let shape = String(template)
  for (const value of all) {
    if (!(value instanceof Sql)) values.push(value)
    shape += value instanceof Sql ? `(${shapeOf(value, values, notifications)})` : ','
  }
  return shape
}

function textOf(query: Sql): string {
  let position = 0
  const render = ({ strings, values }: Sql): string =>
    strings.reduce((text, string, index) => {
      const value = values[index - 1]
      return text + (value instanceof Sql ? render(value) : `$${++position}`) + string
    })
  return render(query)
}

/** The same array for equal strings, so that they share an identity as the strings of a template do. */
function constant(strings: readonly string[]): readonly string[] {
  const key = JSON.stringify(strings)
  const known = constants.get(key) ?? strings
  constants.set(key, known)
  return known
}
