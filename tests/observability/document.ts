/** Reads the parts of docs/operations/observability.md that can be compared with a running system. */
import { readFile } from 'node:fs/promises'

const file = new URL('../../docs/operations/observability.md', import.meta.url)

export interface DocumentedMetric {
  readonly name: string
  readonly type: string
  readonly labels: readonly string[]
  readonly help: string
}

/** Returns the rows of its tables of metrics. */
export async function documentedMetrics(): Promise<DocumentedMetric[]> {
  const text = await readFile(file, 'utf8')
  return [...text.matchAll(/^\| `(\w+)` \| (counter|gauge|histogram|summary) \| (.*?) \| (.*) \|$/gm)].map(
    ([, name = '', type = '', labels = '', help = '']) => ({
      name,
      type,
      labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label as string),
      help,
    }),
  )
}

/** Returns its PromQL, one expression for each block. */
export async function documentedQueries(): Promise<string[]> {
  const text = await readFile(file, 'utf8')
  return [...text.matchAll(/^```promql\n([\s\S]+?)^```$/gm)].map(([, query]) => (query as string).trim())
}

/** Returns its SQL statement that finds the traces of an order. */
export async function documentedSql(): Promise<string> {
  const [, statement] = /^```sql\n([\s\S]+?)^```$/m.exec(await readFile(file, 'utf8')) ?? []
  return statement as string
}
