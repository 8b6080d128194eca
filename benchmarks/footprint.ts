/**
 * `node benchmarks/footprint.ts [--rounds 5 --seconds 10 --services product,gateway]`: how soon a process of Doran is
 * ready and how much memory it takes, at rest and after load: everything in one process, and services alone. Each round
 * starts every process anew, on data that is there already. "resident" is VmRSS; "share" is Pss, in which a page that
 * several processes use, such as those of Node.js itself, counts in parts; "own" is what only this process has.
 */
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { enableCompileCache } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { startEmbeddedPostgres } from '@doran/embedded-postgres'
import { freePort } from '@doran/kernel/testing'
import { Child } from '../apps/server/children.ts'
import { small } from '../apps/server/small.ts'
import { loadShop } from './shop.ts'
import { median, wrk } from './wrk.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '10' },
    services: { type: 'string', default: 'product,gateway,order' },
  },
})
const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)]
const alone = values.services.split(',').filter(Boolean)
const PRODUCTS = 1_000
/** Services that can be asked for products. */
const LOADED = ['product', 'gateway', 'everything']
const REST = 1_000

// As `doran` itself does, so that its children are told of it.
enableCompileCache()
const folder = await mkdtemp(join(tmpdir(), 'doran-footprint-'))
const postgres = await startEmbeddedPostgres({ folder: join(folder, 'postgres') })
await loadShop(postgres.url(), PRODUCTS)
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

interface Running {
  readonly child: Child
  readonly url: string
  /** Milliseconds. */
  readonly ready: number
}

async function start(name: string, command: string[]): Promise<Running> {
  const own = { ...environment, PORT: String(await freePort()), DORAN_INSTANCE: name }
  const child = new Child({ name, command, environment: command.includes('--services') ? small(own) : own })
  const begun = performance.now()
  const url = await child.start()
  return { child, url, ready: performance.now() - begun }
}

interface Memory {
  readonly resident: number
  readonly share: number
  readonly own: number
}

/** Megabytes. */
function memory({ pid }: Child): Memory {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  const read = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(rollup)?.[1]) / 1024
  return { resident: read('Rss'), share: read('Pss'), own: read('Private_Clean') + read('Private_Dirty') }
}

/** Seconds of processor time so far. */
function processorTime({ pid }: Child): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

interface Seen {
  readonly ready: number
  readonly startup: number
  readonly rest: Memory
  readonly loaded: Memory | undefined
  readonly rate: number | undefined
}

const auth = await start('auth.0', ['start', '--services', 'auth'])
const behind = await start('product.0', ['start', '--services', 'product'])
const { items } = (await (await fetch(`${behind.url}/api/products?limit=20`)).json()) as { items: { id: string }[] }
const paths = ['/api/products?limit=20', ...items.map(({ id }) => `/api/products/${id}`)]

const seen = new Map<string, Seen[]>([...alone, 'everything'].map((name) => [name, []]))
for (let round = 0; round < rounds; round++) {
  for (const [name, figures] of seen) {
    const command = name === 'everything' ? ['start', '--no-seed'] : ['start', '--services', name]
    const running = await start(`${name}.1`, command)
    const startup = processorTime(running.child)
    await pause(REST)
    const rest = memory(running.child)
    const load =
      seconds > 0 && LOADED.includes(name)
        ? wrk(folder, running.url, paths, seconds, { connections: 32, pinned: false })
        : undefined
    figures.push({ ready: running.ready, startup, rest, loaded: load && memory(running.child), rate: load?.rate })
    await running.child.stop()
  }
}

const table = [...seen].map(([what, figures]) => {
  const middle = (read: (one: Seen) => number | undefined) => Math.round(median(figures.map((one) => read(one) ?? 0)))
  return {
    what,
    'ready, ms': middle(({ ready }) => ready),
    'processor time until ready, ms': middle(({ startup }) => startup * 1000),
    'resident, MB': middle(({ rest }) => rest.resident),
    'share, MB': middle(({ rest }) => rest.share),
    'own, MB': middle(({ rest }) => rest.own),
    'requests a second': middle(({ rate }) => rate),
    'resident after load, MB': middle(({ loaded }) => loaded?.resident),
    'share after load, MB': middle(({ loaded }) => loaded?.share),
    'own after load, MB': middle(({ loaded }) => loaded?.own),
  }
})
console.log(`${rounds} rounds, medians; load of ${seconds} s over 32 connections`)
console.table(table)
mkdirSync(new URL('./results/', import.meta.url), { recursive: true })
const file = new URL(
  `./results/footprint-${new Date().toISOString().slice(0, 16).replace(':', '')}.json`,
  import.meta.url,
)
writeFileSync(file, JSON.stringify({ rounds, seconds, table }, null, 2))

for (const { child } of [behind, auth]) await child.stop()
await postgres.stop()
await rm(folder, { recursive: true })
