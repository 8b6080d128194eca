/**
 * SQL written as SQL. Every distinct text is a named prepared statement, so PostgreSQL parses and plans it once per
 * connection; values never become part of the text.
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

  /** What the driver is given: the text with `$n` placeholders, its name, and the values. */
  statement(): Statement {
    const { name, text, values } = this.#compile()
    return { name, text, values }
  }

  /** What is sent to other processes after the commit of this statement: see {@link sql.notify}. */
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

/** A message for every process that listens to the database. It may be lost, so it is only ever a hint to look. */
export interface Notification {
  readonly channel: string
  readonly payload: string
}

/** Example: ``db.first(sql`select id, name from product.products where id = ${id}`)``. Fragments nest. */
export function sql(strings: TemplateStringsArray, ...values: unknown[]): Sql {
  return new Sql(strings, values)
}

/** No SQL at all: the other branch of an optional fragment. */
sql.empty = new Sql([''], [])

/** Joins fragments, for example conditions with `sql.join(conditions, ' and ')`. */
sql.join = (fragments: readonly Sql[], separator = ', '): Sql =>
  fragments.length === 0
    ? sql.empty
    : new Sql(constant(['', ...Array<string>(fragments.length - 1).fill(separator), '']), fragments)

/** A value for a `json` or `jsonb` column; needed for arrays, which would become PostgreSQL arrays. */
sql.json = (value: unknown): string => JSON.stringify(value)

/** Trusted text, for names that cannot be parameters. Never give it anything that came from outside. */
sql.raw = (text: string): Sql => new Sql(constant([text]), [])

/**
 * Adds no SQL. The statement that holds this fragment sends the notification after its commit: NOTIFY inside of a
 * transaction makes it wait at commit for every other one of the server that notifies.
 */
sql.notify = (channel: string, payload: string): Sql => new Sql(constant(['']), [], { channel, payload })

// Statements by their shape: which templates are nested in which. To write a long text anew for each run of it, and to
// look it up by its characters, would cost as much as a good part of a request.
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

/** Collects the values in the order of their placeholders, and what is to be notified. */
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

/** One array for all that are alike, as a template has one. */
function constant(strings: readonly string[]): readonly string[] {
  const key = JSON.stringify(strings)
  const known = constants.get(key) ?? strings
  constants.set(key, known)
  return known
}
