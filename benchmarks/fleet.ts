/**
 * `npm run bench:fleet [-- --rounds 5 --seconds 3]`: what it costs to run services in processes of their own. The
 * gateway is compared with the service that it stands before, a call to another process with one in the same, and a
 * process alone with everything in one. Nothing is pinned: gateway, service and load share the cores as they would.
 */
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startEmbeddedPostgres } from '@doran/embedded-postgres'
import { fleetConfig, openFleet } from '@doran/fleet'
import { createLog, createPlatform, readConfig } from '@doran/kernel/platform'
import { freePort } from '@doran/kernel/testing'
import { product } from '@doran/product/contract'
import { Child } from '../apps/server/children.ts'
import { identity, services } from '../apps/server/services.ts'
import { loadShop } from './shop.ts'
import { type Load, median, wrk } from './wrk.ts'

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '3' } },
})
const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)]
const PRODUCTS = 1_000
const CALLS = 2_000

const folder = await mkdtemp(join(tmpdir(), 'doran-bench-'))
const postgres = await startEmbeddedPostgres({ folder: join(folder, 'postgres') })
const stock = await loadShop(postgres.url(), PRODUCTS)
const environment = {
  ...process.env,
  DATABASE_URL: postgres.url(),
  DORAN_DATA: folder,
  LOG_LEVEL: 'warn',
  DORAN_SERVICE_SECRET: randomBytes(32).toString('hex'),
  RATE_LIMIT_PER_IP: '100000000',
  RATE_LIMIT_PER_ACCOUNT: '100000000',
  PAYMENT_SANDBOX_URL: 'http://127.0.0.1:1',
}

async function start(name: string, command: string[]) {
  const child = new Child({
    name,
    command,
    environment: { ...environment, PORT: String(await freePort()), DORAN_INSTANCE: name },
  })
  const begun = performance.now()
  const url = await child.start()
  const ready = performance.now() - begun
  return { child, url, ready }
}

/** Megabytes of memory that are resident, and those that only this process has. */
function memory({ child }: { child: Child }): { resident: number; own: number } {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
  const read = (name: string) => Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024)
  return { resident: read('VmRSS'), own: read('RssAnon') }
}

const auth = await start('auth.1', ['start', '--services', 'auth'])
const alone = await start('product.1', ['start', '--services', 'product'])
const gateway = await start('gateway.1', ['start', '--services', 'gateway'])
const everything = await start('all', ['start', '--no-seed'])

const { items } = (await (await fetch(`${gateway.url}/api/products?limit=20`)).json()) as { items: { id: string }[] }
const rows = [
  { name: 'product page', paths: items.map(({ id }) => `/api/products/${id}`) },
  { name: 'product list', paths: ['/api/products?limit=20'] },
]
const table = rows.map(({ name, paths }) => {
  const measure = (connections: number) => {
    const direct: Load[] = []
    const through: Load[] = []
    for (let round = 0; round <= rounds; round++) {
      const [one, other] = [alone, gateway].map(({ url }) =>
        wrk(folder, url, paths, seconds, { connections, pinned: false }),
      ) as [Load, Load]
      // The first round warms up.
      if (round > 0) {
        direct.push(one)
        through.push(other)
      }
    }
    return { direct, through }
  }
  const busy = measure(32)
  const quiet = measure(1)
  const rate = (loads: Load[]) => Math.round(median(loads.map((load) => load.rate)))
  const p50 = (loads: Load[]) => median(loads.map((load) => load.p50))
  return {
    name,
    service: rate(busy.direct),
    gateway: rate(busy.through),
    ratio: Number(median(busy.through.map((load, round) => load.rate / (busy.direct[round] as Load).rate)).toFixed(2)),
    bar: 0.5,
    'p50 alone, ms': p50(quiet.direct).toFixed(2),
    'p50 through gateway, ms': p50(quiet.through).toFixed(2),
    'added p50, ms': Number((p50(quiet.through) - p50(quiet.direct)).toFixed(2)),
  }
})

/** Median milliseconds of a call of another service, one after the other. */
async function callTime(call: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let index = 0; index < CALLS; index++) {
    const begun = performance.now()
    await call()
    if (index >= CALLS / 4) times.push(performance.now() - begun)
  }
  return median(times)
}

const [config] = readConfig([fleetConfig], environment)
const log = createLog('warn')
const fleet = await openFleet({
  config,
  log,
  instance: 'bench',
  services: [],
  version: '0',
  host: '127.0.0.1',
  gateway: true,
  databaseUrl: postgres.url(),
})
const outside = await createPlatform({ services: [], environment, databaseUrl: postgres.url(), identity, fleet, log })
const inside = await createPlatform({ services, environment, databaseUrl: postgres.url(), identity, log })
const skus = stock.slice(0, 2).map(({ sku }) => sku)
const calls = {
  'in the same process': await callTime(() => inside.client(product).getOffers({ skus })),
  'in another process': await callTime(() => outside.client(product).getOffers({ skus })),
}

const processes = [
  { what: 'everything in one process', ...everything },
  { what: 'product alone', ...alone },
  { what: 'gateway alone', ...gateway },
].map((running) => ({ what: running.what, 'ready, ms': Math.round(running.ready), ...memory(running) }))

console.log(`${rounds} rounds of ${seconds} s; 32 connections for rates, one for times`)
console.table(table)
console.table(
  Object.entries(calls).map(([what, ms]) => ({ 'getOffers, two SKUs': what, 'p50, ms': Number(ms.toFixed(3)) })),
)
console.table(processes)
mkdirSync(new URL('./results/', import.meta.url), { recursive: true })
const file = new URL(`./results/fleet-${new Date().toISOString().slice(0, 16).replace(':', '')}.json`, import.meta.url)
writeFileSync(file, JSON.stringify({ rounds, seconds, table, calls, processes }, null, 2))

await outside.close()
await inside.close()
for (const { child } of [gateway, alone, everything, auth]) await child.stop()
await postgres.stop()
await rm(folder, { recursive: true })
