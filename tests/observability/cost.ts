/**
 * Measures the cost of observability: the processor time of a request without and with traces, and of a response of
 * `/metrics`. Two Dorans take turns, so that other work of the machine affects both alike. Prints the median of the
 * turns.
 * `node tests/observability/cost.ts`
 */
import { createTestDatabase, freePort, startTestPostgres } from '@doran/kernel/testing'
import { Child } from '../../apps/server/children.ts'
import { services } from '../../apps/server/services.ts'
import { openCollector } from '../../platform/fleet/test/collector.ts'

const TURNS = 7
const REQUESTS = 2_000
const CONCURRENCY = 16
const SCRAPES = 100

interface Measured {
  readonly url: string
  readonly child: Child
}

async function start(database: string, settings: Record<string, string>): Promise<Measured> {
  const environment = {
    ...process.env,
    PORT: String(await freePort()),
    DATABASE_URL: database,
    PAYMENT_SANDBOX_URL: 'http://127.0.0.1:1',
    RATE_LIMIT_PER_IP: '1000000',
    AUTH_PASSWORD_RATE: '1000000',
    RATE_LIMIT_FILES_PER_IP: '1000000',
    RATE_LIMITS_PER_NETWORK: 'order.createCart=1000000',
    RATE_LIMIT_PER_ACCOUNT: '1000000',
    LOG_LEVEL: 'error',
    ...settings,
  }
  const child = new Child({ name: 'doran', command: ['start', '--no-seed'], environment, onLine: () => {} })
  return { url: await child.start(), child }
}

async function processorSeconds({ url }: Measured): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Number(/^process_cpu_seconds_total (\S+)$/m.exec(text)?.[1])
}

/** Returns microseconds of processor time a request. */
async function costOf(doran: Measured, path: string, times: number): Promise<number> {
  const before = await processorSeconds(doran)
  let left = times
  const client = async () => {
    while (left-- > 0) await (await fetch(doran.url + path)).arrayBuffer()
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, client))
  return (((await processorSeconds(doran)) - before) / times) * 1e6
}

function median(values: number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] as number
}

const postgres = await startTestPostgres()
const database = await createTestDatabase(services)
const collector = await openCollector()
const without = await start(database.url, {})
const traced = await start(database.url, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url })

for (const path of ['/api/products', '/api/inventory/none']) {
  for (const doran of [without, traced]) await costOf(doran, path, REQUESTS)
  const costs = { without: [] as number[], traced: [] as number[] }
  const spansBefore = collector.spans.length
  for (let turn = 0; turn < TURNS; turn++) {
    costs.without.push(await costOf(without, path, REQUESTS))
    costs.traced.push(await costOf(traced, path, REQUESTS))
  }
  const spans = (collector.spans.length - spansBefore) / (TURNS * REQUESTS)
  const [off, on] = [median(costs.without), median(costs.traced)]
  console.log(
    `GET ${path}: ${off.toFixed(0)} µs without traces, ${on.toFixed(0)} µs with (${spans.toFixed(1)} spans a request)`,
  )
}
const size = (await (await fetch(`${without.url}/metrics`)).text()).length
const scrapes = []
for (let turn = 0; turn < TURNS; turn++) scrapes.push(await costOf(without, '/metrics', SCRAPES))
console.log(`/metrics: ${(size / 1_000).toFixed(0)} kB, ${(median(scrapes) / 1_000).toFixed(1)} ms of processor time`)

await Promise.all([without.child.stop(), traced.child.stop()])
collector.close()
await database.drop()
if (!postgres.adopted) await postgres.stop()
