/** Doran and a floor under the same load, in turns. */
import { explainLoad } from './explain.ts'
import type { MeasuredPostgres } from './postgres.ts'
import { processorTime, processorTimeWithChildren } from './processes.ts'
import { profileLoad } from './profile.ts'
import { type Bar, median, type Row, spreadOf } from './rows.ts'
import type { Settings } from './settings.ts'

export interface Load {
  /** Requests a second. */
  readonly rate: number
  readonly requests: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  readonly errors: number
}

/** Returns the figures of requests with these times in milliseconds, `took` milliseconds in all. */
export function loadOf(times: number[], took: number, errors = 0): Load {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? 0
  return { rate: (sorted.length * 1_000) / took, requests: sorted.length, p50: at(0.5), p99: at(0.99), errors }
}

/** Repeats the work for some seconds, with `atOnce` repetitions in parallel. */
export async function repeat(
  work: () => Promise<unknown>,
  { seconds, atOnce = 1 }: { seconds: number; atOnce?: number },
): Promise<Load> {
  const times: number[] = []
  const begun = performance.now()
  const goOn = async () => {
    while (performance.now() - begun < seconds * 1_000) {
      const since = performance.now()
      await work()
      times.push(performance.now() - since)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, goOn))
  return loadOf(times, performance.now() - begun)
}

export interface Side {
  /** Processes whose processor time is counted. */
  readonly pids: readonly number[]
  /** Port of the first process's inspector, if it has one. */
  readonly inspector?: number | undefined
  load(): Promise<Load>
}

export interface Comparison {
  readonly what: string
  readonly bar?: Bar
  readonly doran: Side
  readonly floor?: Side
}

interface Measured extends Load {
  readonly processor: number
  readonly databaseProcessor: number
  readonly statements: number
}

/**
 * Runs the comparisons. Each side gets one load to warm up. Then all comparisons take turns in each round, and the
 * floor goes first in every other round. Ratios are computed within a round; the row has the medians.
 */
export async function compare(
  all: readonly Comparison[],
  { settings, postgres }: { settings: Settings; postgres: MeasuredPostgres },
): Promise<Row[]> {
  const comparisons = all.filter(({ what }) => what.includes(settings.rows))
  for (const { doran, floor } of comparisons) {
    await doran.load()
    await floor?.load()
  }
  const measured = comparisons.map(() => ({ doran: [] as Measured[], floor: [] as Measured[] }))
  for (let round = 0; round < settings.rounds; round++) {
    for (const [index, { doran, floor }] of comparisons.entries()) {
      const turns = [['doran', doran] as const, ...(floor ? [['floor', floor] as const] : [])]
      for (const [name, side] of round % 2 ? turns.toReversed() : turns) {
        measured[index]?.[name].push(await measure(side, postgres))
      }
    }
  }
  const rows = comparisons.map((comparison, index) => rowOf(comparison, measured[index] as (typeof measured)[number]))
  for (const { what, doran } of comparisons) {
    if (settings.profile && doran.inspector) await profileLoad(what, doran.inspector, doran.load)
    if (settings.explain) await explainLoad(what, postgres, doran.load)
  }
  return rows
}

export async function measure({ pids, load }: Side, postgres: MeasuredPostgres): Promise<Measured> {
  const read = async () => ({
    statements: await postgres.statementsRun(),
    processor: processorTime(pids),
    database: processorTimeWithChildren(postgres.pid),
  })
  const before = await read()
  const result = await load()
  const after = await read()
  const each = (total: number) => total / Math.max(1, result.requests)
  return {
    ...result,
    processor: each(after.processor - before.processor),
    databaseProcessor: each(after.database - before.database),
    statements: each(after.statements - before.statements),
  }
}

function rowOf({ what, bar }: Comparison, { doran, floor }: { doran: Measured[]; floor: Measured[] }): Row {
  const middle = (all: Measured[], of: keyof Measured) => median(all.map((one) => one[of]))
  return {
    what,
    unit: '/s',
    doran: middle(doran, 'rate'),
    ...(floor.length > 0 && {
      floor: middle(floor, 'rate'),
      floorProcessor: middle(floor, 'processor'),
      ratio: spreadOf(doran.map(({ rate }, round) => rate / (floor[round] as Measured).rate)),
    }),
    ...(bar && { bar }),
    p50: middle(doran, 'p50'),
    p99: middle(doran, 'p99'),
    processor: middle(doran, 'processor'),
    databaseProcessor: middle(doran, 'databaseProcessor'),
    statements: middle(doran, 'statements'),
    errors: [...doran, ...floor].reduce((sum, { errors }) => sum + errors, 0),
    details: { doran, floor },
  }
}
