/** The rows of the result table, its printed form, and the file that keeps them. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'

export interface Spread {
  readonly median: number
  readonly least: number
  readonly most: number
}

/** Limit of a figure: a minimum, or a value that it must stay below. */
export type Bar = { readonly atLeast: number } | { readonly below: number }

export interface Row {
  readonly what: string
  /** Unit of the figures of Doran and the floor. */
  readonly unit: '/s' | 'ms' | 'MB' | 'cores'
  readonly doran: number
  readonly floor?: number
  /** Doran's rate divided by the floor's, within the same round. */
  readonly ratio?: Spread
  /** For the ratio if there is one, otherwise for Doran's figure. */
  readonly bar?: Bar
  /** Milliseconds. */
  readonly p50?: number
  readonly p99?: number
  /** Microseconds of processor time a request, of Doran's processes and of PostgreSQL's. */
  readonly processor?: number
  readonly databaseProcessor?: number
  /** The same for the floor's process. A disturbed machine changes it less than the rates. */
  readonly floorProcessor?: number
  /** SQL statements a request. */
  readonly statements?: number
  readonly errors?: number
  /** More figures, for the file. */
  readonly details?: unknown
}

/** Whether the row meets its bar; undefined without one. */
export function holds({ bar, ratio, doran }: Row): boolean | undefined {
  if (!bar) return undefined
  const figure = ratio ? ratio.median : doran
  return 'atLeast' in bar ? figure >= bar.atLeast : figure < bar.below
}

const HEAD = [
  'what',
  'Doran',
  'floor',
  'ratio (min–max)',
  'bar',
  'holds',
  'p50 ms',
  'p99 ms',
  'CPU µs',
  'floor CPU µs',
  'PG µs',
  'SQL',
]

/** Returns a Markdown table, to be read in a terminal and pasted into a document. */
export function printTable(rows: readonly Row[]): string {
  const cells = [[...HEAD, 'errors'], ...rows.map(cellsOf)]
  const widths = cells[0]?.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0))) ?? []
  const line = (row: string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const [head = [], ...body] = cells
  return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...body.map(line)].join('\n')
}

function cellsOf(row: Row): string[] {
  const {
    what,
    unit,
    doran,
    floor,
    ratio,
    bar,
    p50,
    p99,
    processor,
    floorProcessor,
    databaseProcessor,
    statements,
    errors,
  } = row
  const figure = (value: number | undefined) =>
    value === undefined ? '' : `${short(value)}${unit === '/s' ? '' : ` ${unit}`}`
  const text = (value: number | undefined) => (value === undefined ? '' : short(value))
  const held = holds(row)
  return [
    what,
    figure(doran),
    figure(floor),
    ratio ? `${short(ratio.median)} (${short(ratio.least)}–${short(ratio.most)})` : '',
    !bar ? '' : 'atLeast' in bar ? `≥ ${bar.atLeast}` : `< ${bar.below}`,
    held === undefined ? '' : held ? 'yes' : '**no**',
    text(p50),
    text(p99),
    text(processor),
    text(floorProcessor),
    text(databaseProcessor),
    text(statements),
    text(errors),
  ]
}

/** Formats a number with its significant digits. */
function short(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US')
  return String(Number(value.toFixed(Math.abs(value) >= 10 ? 1 : 2)))
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  return { median: median(values), least: sorted[0] as number, most: sorted.at(-1) as number }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return ((sorted[Math.floor(middle)] as number) + (sorted[Math.ceil(middle)] as number)) / 2
}

/** Returns the folder for results of this run, created if needed. */
export function resultsFolder(): URL {
  const folder = new URL('./results/', import.meta.url)
  mkdirSync(folder, { recursive: true })
  return folder
}

/** Writes all measurements, with the context that a comparison needs. Returns the file. */
export function writeResults(settings: object, versions: object, rows: readonly Row[], took: number): URL {
  const git = (...args: string[]) => spawnSync('git', args, { encoding: 'utf8' }).stdout.trim()
  const result = {
    at: new Date().toISOString(),
    tookSeconds: Math.round(took / 1_000),
    commit: git('rev-parse', 'HEAD'),
    changedSince: git('status', '--porcelain') !== '',
    machine: {
      processors: cpus().length,
      model: cpus()[0]?.model,
      memoryGB: Math.round(totalmem() / 2 ** 30),
      kernel: release(),
    },
    versions: { node: process.version, ...versions },
    settings,
    rows: rows.map((row) => ({ ...row, holds: holds(row) })),
  }
  const file = new URL(`${result.at.slice(0, 16).replaceAll(':', '')}.json`, resultsFolder())
  writeFileSync(file, JSON.stringify(result, null, 2))
  return file
}
