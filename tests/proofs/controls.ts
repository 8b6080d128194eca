/**
 * `npm run prove:controls [-- --only inbox,stock-lock --twins]`: negative controls of the proof. Doran runs without one
 * of its safeguards, under the faults against which that safeguard protects. The run must fail and name the invariant.
 * With `--twins` each control runs again with the safeguard, and must pass.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Safeguard, safeguards } from '@doran/kernel/faults'
import pg from 'pg'
import type { Fault } from './plan.ts'
import { print, reportOf } from './report.ts'
import { brokenBy, type RunOptions, run } from './run.ts'
import type { System } from './system.ts'

interface Control extends Pick<RunOptions, 'prepare' | 'goods' | 'settings'> {
  readonly about: string
  /** At least one of these must be broken. */
  readonly breaks: readonly string[]
  readonly faults: readonly Fault[]
}

const LONGER_THAN_A_LEASE_MS = 7_000
const wait = (hold: number): Fault => ({ kind: 'nothing', hold })

/** `npm run prove:outages` proves this one, without a fleet of processes. */
const OUTAGES = 'saga-pivot'

const CONTROLS: Record<Exclude<Safeguard, typeof OUTAGES>, Control> = {
  'lease-epoch': {
    about: 'processes that slept through their lease go on where they were, beside those that took over',
    breaks: ['orders-whole', 'money-agrees', 'sagas-ended'],
    prepare: (system) => system.misbehave({ webhooks: {}, api: { latencyMs: 700 } }),
    // Calls outlive the pause: their responses are there when it ends, so that no process starts again from the
    // beginning.
    settings: { REQUEST_TIMEOUT_MS: '30000' },
    faults: ['order.1', 'order.2', 'order.1'].flatMap((target): Fault[] => [
      { kind: 'stop', target, hold: LONGER_THAN_A_LEASE_MS },
      wait(2_000),
    ]),
  },
  inbox: {
    about: 'an event is handed on a second time when the answer to the first was lost',
    breaks: ['events-handled-once', 'sold-counted'],
    faults: ['order.1', 'order.2', 'payment.1', 'payment.2'].map(
      (target): Fault => ({ kind: 'crash point', target, point: 'outbox.after-relay-before-complete', hold: 3_000 }),
    ),
  },
  'idempotency-claim': {
    about: 'some changes are sent twice under one key',
    breaks: ['acknowledged-once'],
    faults: [wait(15_000)],
  },
  'stock-lock': {
    about:
      'stock is changed by several at once, and nothing but the lock keeps its ledger (the key of movements is dropped)',
    breaks: ['stock-conserved'],
    goods: 1,
    prepare: (system) => alter(system, 'alter table inventory.movements drop constraint movements_pkey'),
    faults: [{ kind: 'link', to: 'database', how: 'slow', hold: 20_000 }],
  },
  'provider-look-up': {
    about: 'a provider that forgets keys carries out twice what it is asked twice, and some of its answers are lost',
    breaks: ['money-agrees', 'captured-once', 'ledger-balanced'],
    prepare: (system) => system.misbehave({ webhooks: {}, api: { forgetKeys: true, dropAnswerRate: 0.3 } }),
    faults: [wait(25_000)],
  },
}

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: safeguards.join() },
    twins: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    rate: { type: 'string', default: '8' },
  },
})
const wanted = values.only.split(',') as Safeguard[]
const unknown = wanted.filter((name) => !safeguards.includes(name))
if (unknown.length > 0) {
  console.error(`--only reads ${unknown.join(', ')} where it expects some of ${safeguards.join(', ')}`)
  process.exit(2)
}
const rows: { safeguard: string; 'is off': boolean; broken: string; 'as it should be': boolean }[] = []
for (const safeguard of wanted) {
  for (const isOff of values.twins ? [true, false] : [true]) rows.push(await control(safeguard, isOff))
}
console.table(rows)
process.exitCode = rows.every((row) => row['as it should be']) ? 0 : 1

function control(safeguard: Safeguard, isOff: boolean) {
  return safeguard === OUTAGES ? controlOutages(isOff) : controlFleet(safeguard, isOff)
}

/** Without this safeguard any step gives up after ten attempts, even past the saga's pivot. */
async function controlOutages(isOff: boolean) {
  console.log(
    `\n${OUTAGES} ${isOff ? 'is off' : 'holds'}: each service is away for five minutes at each step of each saga`,
  )
  const { status, stdout } = spawnSync(process.execPath, [fileURLToPath(new URL('./outages.ts', import.meta.url))], {
    env: { ...process.env, NODE_ENV: 'test', ...(isOff && { DORAN_WITHOUT: OUTAGES }) },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (isOff || status !== 0) console.log(stdout)
  const broken = /^BROKEN: (.*)$/m.exec(stdout)?.[1] ?? ''
  const right = isOff ? broken.includes('order-ends-right') : status === 0
  return { safeguard: OUTAGES, 'is off': isOff, broken, 'as it should be': right }
}

async function controlFleet(safeguard: keyof typeof CONTROLS, isOff: boolean) {
  const { about, breaks, faults, ...circumstances } = CONTROLS[safeguard]
  console.log(`\n${safeguard} ${isOff ? 'is off' : 'holds'}: ${about}`)
  const result = await run({
    seed: Number(values.seed),
    rate: Number(values.rate),
    without: isOff ? safeguard : undefined,
    faults: () => faults,
    between: 500,
    ...circumstances,
    say: (line) => console.log(`  ${line}`),
  })
  const broken = brokenBy(result)
  const right = isOff ? breaks.some((invariant) => broken.includes(invariant)) : broken.length === 0
  if (!right || isOff) print(reportOf(result))
  return { safeguard, 'is off': isOff, broken: broken.join(', '), 'as it should be': right }
}

async function alter(system: System, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: system.environment.INVENTORY_DATABASE_URL })
  await client.connect()
  await client.query(statement).finally(() => client.end())
}
