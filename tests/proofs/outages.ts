/**
 * `npm run prove:outages [-- --only commit-stock --json file]`: keeps each service that a saga needs away for five
 * minutes at each step of each saga, both before it has done anything and after it has done everything. Afterwards
 * money and stock must be exact and the order must have the right ending; otherwise the run ends with code 1. The five
 * minutes are virtual: every attempt in them is made, and the pauses between attempts are skipped.
 *
 * With `--real-time --minutes 5` a fleet of processes loses all instances of each service, and the provider, for that
 * long while people buy and cancel.
 */
import { writeFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { checkInvariants, type Finding, sourcesOf } from '../../apps/server/check/index.ts'
import type { Crowd } from './crowd.ts'
import type { Injector } from './injector.ts'
import { nameOf, OUTAGE_CASES } from './outage-cases.ts'
import { OutageShop } from './outage-shop.ts'
import { describe, type Fault } from './plan.ts'
import type { Random } from './random.ts'
import { print, reportOf } from './report.ts'
import { run } from './run.ts'
import type { System } from './system.ts'

/** Number of people who cancel, and of people who pay, just after a service has gone. */
const GATHERED = 10
const ACT_DELAY_MS = 3_000

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    json: { type: 'string' },
    'real-time': { type: 'boolean', default: false },
    minutes: { type: 'string', default: '5' },
    rate: { type: 'string', default: '4' },
    seed: { type: 'string', default: '1' },
  },
})

const report = values['real-time'] ? await liveInRealTime() : await liveThroughAll()
if (values.json) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`)
const { broken } = report
console.log(broken.length > 0 ? `\nBROKEN: ${broken.join(', ')}` : '\nMoney and stock are exact after every outage.')
process.exitCode = broken.length > 0 ? 1 : 0

async function liveThroughAll() {
  const cases = OUTAGE_CASES.filter((one) => nameOf(one).includes(values.only))
  const outages = await OutageShop.open()
  try {
    const rows: { saga: string; step: string; away: string; how: string; ended: string; verdict: string }[] = []
    for (const one of cases) {
      const { orderId, ended } = await outages.live(one)
      const step = `${one.step}${one.way === 'undo' ? ' taken back' : ''}${one.refusal ? `, ${one.refusal} refused` : ''}`
      const verdict = ended === one.ending ? 'as it should' : `SHOULD BE ${one.ending} (${orderId})`
      rows.push({ saga: one.saga, step, away: one.away, how: one.kind, ended, verdict })
    }
    console.table(rows)
    const findings = await checkInvariants(sourcesOf(outages.shop.environment, outages.shop.platform.url))
    for (const { invariant, offending } of findings)
      for (const { id, what } of offending) console.log(`  ${invariant}: ${id}: ${what}`)
    const wrong = rows.some(({ verdict }) => verdict !== 'as it should') ? ['order-ends-right'] : []
    return { rows, findings, broken: [...wrong, ...brokenIn(findings)] }
  } finally {
    await outages.close()
  }
}

function brokenIn(findings: readonly Finding[]): string[] {
  return findings.filter(({ state }) => state !== 'holds').map(({ invariant }) => invariant)
}

async function liveInRealTime() {
  const hold = Number(values.minutes) * 60_000
  const all: Fault[] = [
    ...(['inventory', 'payment', 'order'] as const).map((service): Fault => ({ kind: 'outage', service, hold })),
    { kind: 'provider', how: 'away', hold },
  ]
  const faults = all.filter((fault) => describe(fault).includes(values.only))
  async function* outages(_system: System, _injector: Injector, _random: Random, crowd: Crowd): AsyncIterable<Fault> {
    for (const fault of faults) {
      const act = await crowd.gather(GATHERED)
      const acting = pause(ACT_DELAY_MS).then(act)
      yield fault
      await acting
    }
  }
  const begun = Date.now()
  const result = await run({
    seed: Number(values.seed),
    rate: Number(values.rate),
    faults: outages,
    // Sagas finish between two outages.
    between: 90_000,
    say: (line) => console.log(`${((Date.now() - begun) / 1000).toFixed(1).padStart(7)} s  ${line}`),
  })
  const report = reportOf(result)
  print(report)
  return report
}
