/**
 * A fixed rate of a mixed journey for ten minutes. Server, PostgreSQL, payment sandbox and generator share the machine,
 * and nothing is pinned.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { httpClient } from '@doran/kernel/client'
import { product } from '@doran/product/contract'
import { signUp } from '../checkout.ts'
import { explainLoad } from '../explain.ts'
import { journey, MIX, type World } from '../journey.ts'
import { type Answered, openLoop } from '../open-loop.ts'
import { memoryOf, processorTime, processorTimeWithChildren, stolenTime } from '../processes.ts'
import { profileLoad } from '../profile.ts'
import type { Row } from '../rows.ts'
import { type Server, startServer } from '../server.ts'
import { shareEqually } from '../shares.ts'
import type { Suite } from '../suite.ts'

/** Members for each request a second: every member acts every one and a half seconds. */
const MEMBERS_PER_RATE = 0.3
const WORDS = ['현미', '의자', '수건', 'desk', 'lamp', 'shirt', '무선 이어폰', 'kimchi']
/** Milliseconds that the mean and the 99th percentile must stay below. */
const BAR = { below: 200 }
/** Seconds. */
const UNCOUNTED_SECONDS = 30
const SAMPLE_SECONDS = 5

export async function sustained(suite: Suite): Promise<Row[]> {
  const { settings, postgres, folder } = suite
  const { stock, writers } = await suite.both('sustained')
  const place = { DATABASE_URL: postgres.url('sustained'), DORAN_DATA: folder }
  const sandbox = await startServer('sandbox-payment', place)
  const doran = await startServer(
    'start',
    { ...place, PAYMENT_SANDBOX_URL: sandbox.url },
    { inspect: settings.profile },
  )
  const world: World = {
    url: doran.url,
    products: await productsOf(suite),
    skus: stock.map(({ sku }) => sku),
    slugs: writers.slugs,
    categories: (await httpClient(product, { baseUrl: doran.url }).listCategories()).map(({ slug }) => slug),
    words: WORDS,
    members: await signUp(doran.url, Math.ceil(settings.rate * MEMBERS_PER_RATE)),
  }
  const visitors = journey(world)
  const unshare = shareEqually({
    doran: doran.pid,
    sandbox: sandbox.pid,
    postgres: postgres.pid,
    generator: process.pid,
  })
  const processes = { doran: [doran.pid], sandbox: [sandbox.pid], generator: [process.pid] }
  const before = await spent(suite, processes)
  const begun = performance.now()
  const seconds = settings.minutes * 60
  const uncounted = Math.min(UNCOUNTED_SECONDS, seconds / 4)
  const watched = watch(doran, uncounted)
  const answered = await openLoop(visitors.next, { rate: settings.rate, seconds, uncounted })
  const took = performance.now() - begun
  const after = await spent(suite, processes)
  const samples = await watched()
  const again = () => openLoop(visitors.next, { rate: settings.rate, seconds: 10, uncounted: 0 })
  if (settings.profile && doran.inspector) await profileLoad('sustained', doran.inspector, again)
  if (settings.explain) await explainLoad('sustained', postgres, again)
  unshare()
  visitors.close()
  await doran.stop()
  await sandbox.stop()
  for (const [code, { times, first }] of answered.failures) console.error(`${times} × ${code}, first ${first}`)
  const each = (name: keyof typeof after) => (after[name] - before[name]) / answered.sent
  return rowsOf(suite, answered, samples, {
    processor: each('doran'),
    databaseProcessor: each('postgres'),
    statements: each('statements'),
    // Cores that each kept busy; for the host, with other machines.
    busy: Object.fromEntries(
      (['doran', 'sandbox', 'generator', 'postgres', 'host'] as const).map((name) => [
        name,
        (after[name] - before[name]) / (took * 1_000),
      ]),
    ),
  })
}

async function productsOf({ postgres }: Suite): Promise<string[]> {
  const select = 'select product_id as id from product.listings order by md5(product_id::text) limit 5000'
  return (await postgres.run<{ id: string }>('sustained', select)).map(({ id }) => id)
}

type Processes = Record<'doran' | 'sandbox' | 'generator', number[]>

/** Returns the microseconds of processor time and the number of statements so far. */
async function spent({ postgres }: Suite, { doran, sandbox, generator }: Processes) {
  return {
    doran: processorTime(doran),
    sandbox: processorTime(sandbox),
    generator: processorTime(generator),
    postgres: processorTimeWithChildren(postgres.pid),
    host: stolenTime(),
    statements: await postgres.statementsRun(),
  }
}

interface Sample {
  resident: number
  heap: number
  /** 99th percentile of the event loop's lag in milliseconds, since the sample before. */
  lag: number
}

/**
 * Samples the server every few seconds, starting after `from` seconds. The returned function stops it and returns the
 * samples.
 */
function watch({ url, pid }: Server, from: number): () => Promise<Sample[]> {
  const samples: Sample[] = []
  const stopped = new AbortController()
  const looking = (async () => {
    await pause(from * 1_000)
    while (!stopped.signal.aborted) {
      const metrics = await (await fetch(`${url}/metrics`)).text()
      const read = (name: string) => Number(new RegExp(`^nodejs_${name} (\\S+)`, 'm').exec(metrics)?.[1])
      samples.push({
        resident: memoryOf(pid).resident,
        heap: Math.round(read('heap_size_used_bytes') / 2 ** 20),
        lag: read('eventloop_lag_p99_seconds') * 1_000,
      })
      await pause(SAMPLE_SECONDS * 1_000, undefined, { signal: stopped.signal }).catch(() => {})
    }
  })()
  return async () => {
    stopped.abort()
    await looking
    return samples
  }
}

interface Spent {
  processor: number
  databaseProcessor: number
  statements: number
  busy: Record<string, number>
}

function rowsOf({ settings }: Suite, answered: Answered, samples: readonly Sample[], { busy, ...spent }: Spent): Row[] {
  const { times, byKind, errors, seconds, lateness } = answered
  const ms = (microseconds: number) => microseconds / 1_000
  const name = `sustained, ${settings.rate}/s`
  const whole = seconds.slice(0, Math.floor(settings.minutes * 60))
  const leastInASecond = Math.min(...whole.map((second) => second.answered))
  // The smallest of some samples is close to what is really kept: the others contain garbage.
  const kept = (some: readonly Sample[]) => Math.min(...some.map(({ heap }) => heap))
  const span = Math.max(1, Math.min(12, Math.floor(samples.length / 3)))
  const details = {
    mix: MIX,
    p999: ms(times.percentile(99.9)),
    max: ms(times.max),
    leastAnsweredInASecond: leastInASecond,
    busyCores: busy,
    generatorLate: { p50: ms(lateness.percentile(50)), p99: ms(lateness.percentile(99)) },
    lagP99: samples.map(({ lag }) => lag),
    memory: samples,
    timeline: seconds,
  }
  return [
    {
      what: `${name} for ${settings.minutes} min: mean`,
      unit: 'ms',
      doran: ms(times.mean),
      bar: BAR,
      p50: ms(times.percentile(50)),
      p99: ms(times.percentile(99)),
      errors,
      ...spent,
      details,
    },
    { what: `${name}: p99`, unit: 'ms', doran: ms(times.percentile(99)), bar: BAR },
    { what: `${name}: p99.9`, unit: 'ms', doran: ms(times.percentile(99.9)) },
    { what: `${name}: longest`, unit: 'ms', doran: ms(times.max) },
    { what: `${name}: answered in the worst second`, unit: '/s', doran: leastInASecond },
    { what: `${name}: generator late, p99`, unit: 'ms', doran: ms(lateness.percentile(99)) },
    {
      what: `${name}: event loop late, p99, worst of ${SAMPLE_SECONDS} s`,
      unit: 'ms',
      doran: Math.max(...samples.map(({ lag }) => lag)),
    },
    ...Object.entries(busy).map(
      ([process, cores]): Row => ({
        what: `${name}: cores busy with ${process === 'host' ? 'other machines of the host' : process}`,
        unit: 'cores',
        doran: cores,
      }),
    ),
    { what: `${name}: resident at the beginning`, unit: 'MB', doran: samples[0]?.resident ?? 0 },
    { what: `${name}: resident at the end`, unit: 'MB', doran: samples.at(-1)?.resident ?? 0 },
    { what: `${name}: heap kept, first minute`, unit: 'MB', doran: kept(samples.slice(0, span)) },
    { what: `${name}: heap kept, last minute`, unit: 'MB', doran: kept(samples.slice(-span)) },
    ...[...byKind].map(
      ([kind, of]): Row => ({
        what: `${name}: ${kind} (${MIX[kind as keyof typeof MIX] / 10} %)`,
        unit: 'ms',
        doran: ms(of.mean),
        p50: ms(of.percentile(50)),
        p99: ms(of.percentile(99)),
      }),
    ),
  ]
}
