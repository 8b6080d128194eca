/** Records the SQL statements of services, without those of the kernel's background work. */
import pg from 'pg'

type Query = { text?: string } | string

/** Runs the work and returns the statements that it sent to the database. */
export async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const texts: string[] = []
  const original = pg.Client.prototype.query
  pg.Client.prototype.query = function (this: pg.Client, query: Query, ...rest: unknown[]) {
    const text = typeof query === 'string' ? query : (query.text ?? '')
    if (/(?:\b(?:article|comment|profile)|"user")\./.test(text)) texts.push(text)
    return original.apply(this, [query, ...rest] as never)
  } as typeof original
  try {
    await work()
    return texts
  } finally {
    pg.Client.prototype.query = original
  }
}
