/**
 * SQL written as SQL. Every distinct text is a named prepared statement, so PostgreSQL parses and plans it once per
 * connection; values never become part of the text.
 */
export class Sql {
  readonly strings: readonly string[]
  readonly values: readonly unknown[]
  #statement: { name: string; text: string; values: unknown[] } | undefined

  constructor(strings: readonly string[], values: readonly unknown[]) {
    this.strings = strings
    this.values = values
  }

  /** What the driver is given: the text with `$n` placeholders, its name, and the values. */
  statement(): { name: string; text: string; values: unknown[] } {
    this.#statement ??= compile(this)
    return this.#statement
  }
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

// Statements by their shape: which templates are nested in which. To write a long text anew for each run of it, and to
// look it up by its characters, would cost as much as a good part of a request.
const statements = new Map<string, { name: string; text: string }>()
const templates = new WeakMap<readonly string[], number>()
const constants = new Map<string, readonly string[]>()
let templateCount = 0

function compile(query: Sql) {
  const values: unknown[] = []
  const shape = shapeOf(query, values)
  let statement = statements.get(shape)
  if (!statement) {
    statement = { name: `q${statements.size + 1}`, text: textOf(query) }
    statements.set(shape, statement)
  }
  return { ...statement, values }
}

/** Collects the values in the order of their placeholders. */
function shapeOf({ strings, values: all }: Sql, values: unknown[]): string {
  const template = templates.get(strings) ?? ++templateCount
  templates.set(strings, template)
  let shape = String(template)
  for (const value of all) {
    if (!(value instanceof Sql)) values.push(value)
    shape += value instanceof Sql ? `(${shapeOf(value, values)})` : ','
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
