/**
 * SQL written as SQL. Every distinct text is one named prepared statement, so PostgreSQL parses and plans it
 * once per connection; values never become part of the text.
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
    : new Sql(['', ...Array<string>(fragments.length - 1).fill(separator), ''], fragments)

/** A value for a `json` or `jsonb` column; needed for arrays, which would become PostgreSQL arrays. */
sql.json = (value: unknown): string => JSON.stringify(value)

/** Trusted text, for names that cannot be parameters. Never give it anything that came from outside. */
sql.raw = (text: string): Sql => new Sql([text], [])

const plain = new WeakMap<readonly string[], { name: string; text: string }>()
const names = new Map<string, string>()

function compile(query: Sql) {
  const known = plain.get(query.strings)
  if (known) return { ...known, values: query.values as unknown[] }

  const values: unknown[] = []
  const text = render(query, values)
  const name = nameOf(text)
  // A call site without fragments always has this text: the next run of it need not render again.
  if (!query.values.some((value) => value instanceof Sql)) plain.set(query.strings, { name, text })
  return { name, text, values }
}

function render(query: Sql, values: unknown[]): string {
  return query.strings.reduce((text, string, index) => {
    const value = query.values[index - 1]
    return text + (value instanceof Sql ? render(value, values) : `$${values.push(value)}`) + string
  })
}

function nameOf(text: string): string {
  const name = names.get(text) ?? `q${names.size + 1}`
  names.set(text, name)
  return name
}
