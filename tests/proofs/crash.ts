/**
 * `npm run prove:crash [-- --minutes 3 --seed 1 --rate 6 --kills 0 --json file]`: people buy, cancel and talk while
 * processes die, stop, and lose their connections, their database, their provider and the right time. Afterwards every
 * acknowledged operation must be there and every invariant must hold. Otherwise the run names the broken invariants and
 * ends with code 1.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { crashPoints } from '@doran/kernel/faults'
import type { Injector } from './injector.ts'
import { deathAt, type Fault, reaching, round } from './plan.ts'
import type { Random } from './random.ts'
import { print, reportOf } from './report.ts'
import { run } from './run.ts'
import { canSkew, type System } from './system.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '3' },
    seed: { type: 'string', default: '1' },
    rate: { type: 'string', default: '6' },
    kills: { type: 'string', default: '0' },
    json: { type: 'string' },
  },
})
const [seed, rate, kills] = [Number(values.seed), Number(values.rate), Number(values.kills)]
const begun = Date.now()
const end = begun + Number(values.minutes) * 60_000
const FAULT_INTERVAL_MS = 500
const LAST_CHANCE_MS = 15_000

console.log(`seed ${seed}, ${rate} operations a second, ${values.minutes} minutes`)
const result = await run({
  seed,
  rate,
  faults: plannedFaults,
  between: FAULT_INTERVAL_MS,
  say: (line) => console.log(`${((Date.now() - begun) / 1000).toFixed(1).padStart(7)} s  ${line}`),
})
const report = reportOf(result)
print(report)
if (values.json) writeFileSync(values.json, `${JSON.stringify({ seed, rate, ...report }, null, 2)}\n`)

const unproven = report.crashPointsNotReached.length > 0 || report.kills < kills || report.operations.paid === 0
if (report.broken.length > 0) console.log(`\nBROKEN: ${report.broken.join(', ')}`)
else if (unproven)
  console.log(
    `\nNOT PROVEN: crash points not reached: ${report.crashPointsNotReached.join(', ') || 'none'}; ${report.kills} kills.`,
  )
else console.log('\nEvery acknowledged operation is there and every invariant holds.')
process.exitCode = report.broken.length > 0 || unproven ? 1 : 0

/**
 * Yields every fault at least once, then all again in other orders until time is up, then the crash points that were
 * missed.
 */
function* plannedFaults(system: System, injector: Injector, random: Random): Iterable<Fault> {
  const { names, network, disk } = system
  const options = { random, names, canPartition: network !== undefined, canFill: disk !== undefined, canSkew }
  do {
    for (const fault of round(options)) {
      if (Date.now() > end && injector.injections.length > 0 && isDone(fault, injector)) continue
      yield fault
    }
  } while (Date.now() < end)
  for (let tries = 0; tries < 6 && injector.missing().length > 0; tries++) {
    for (const point of injector.missing()) yield deathAt(point, random, LAST_CHANCE_MS)
  }
}

/** After the end of the run, only faults that have not happened yet are worth their time. */
function isDone(fault: Fault, injector: Injector): boolean {
  if (fault.kind === 'crash point') return injector.hits.has(fault.point)
  return injector.injections.some((injection) => injection.fault.kind === fault.kind)
}

/** The kernel lists the crash points, so that a new one must be proven here, too. */
if (crashPoints.some((point) => !reaching(point)))
  throw new Error('a crash point has nobody who reaches it; see plan.ts')
