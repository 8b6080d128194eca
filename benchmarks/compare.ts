import { mkdirSync, writeFileSync } from 'node:fs'
import { type Load, median } from './wrk.ts'

export interface Comparison {
  readonly name: string
  /** Least ratio. */
  readonly bar: number
  doran(): Load
  floor(): Load
}

/** Rounds in which all take turns, after one that warms up; medians of rates a second, ratios within a round, and p99. */
export function compare(comparisons: readonly Comparison[], rounds: number) {
  for (const { doran, floor } of comparisons) for (const load of [doran, floor]) load()
  const measured = comparisons.map(() => ({ doran: [] as Load[], floor: [] as Load[] }))
  for (let round = 0; round < rounds; round++) {
    for (const [index, { doran, floor }] of comparisons.entries()) {
      measured[index]?.doran.push(doran())
      measured[index]?.floor.push(floor())
    }
  }
  return comparisons.map(({ name, bar }, index) => {
    const { doran, floor } = measured[index] as { doran: Load[]; floor: Load[] }
    const ratios = doran.map(({ rate }, round) => rate / (floor[round] as Load).rate)
    return {
      name,
      doran: Math.round(median(doran.map(({ rate }) => rate))),
      floor: Math.round(median(floor.map(({ rate }) => rate))),
      ratio: Number(median(ratios).toFixed(2)),
      bar,
      p99: Number(median(doran.map(({ p99 }) => p99)).toFixed(1)),
      errors: [...doran, ...floor].reduce((sum, { errors }) => sum + errors, 0),
    }
  })
}

export function writeResult(result: object): void {
  mkdirSync(new URL('./results/', import.meta.url), { recursive: true })
  const file = new URL(`./results/${new Date().toISOString().slice(0, 16).replace(':', '')}.json`, import.meta.url)
  writeFileSync(file, JSON.stringify(result, null, 2))
}
