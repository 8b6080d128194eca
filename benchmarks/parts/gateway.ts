/** The cost of a gateway before a service, and of a call between processes. */
import { fleetConfig, openFleet } from '@doran/fleet'
import { createLog, createPlatform, readConfig } from '@doran/kernel/platform'
import { product } from '@doran/product/contract'
import { identity, services } from '../../apps/server/services.ts'
import { createFleet } from '../fleet.ts'
import { startFloor } from '../floors.ts'
import type { ForwardRequest } from '../forward.ts'
import { compare, type Load, type Side } from '../rounds.ts'
import { median, type Row } from '../rows.ts'
import type { Server } from '../server.ts'
import type { Suite } from '../suite.ts'
import { wrk } from '../wrk.ts'

const CALLS = 2_000
const BAR = { atLeast: 0.5 }
/** Milliseconds that the gateway may add to the median response time. */
const ADDED_BAR = { below: 1 }

export async function gateway(suite: Suite): Promise<Row[]> {
  const skus = (await suite.shop('gateway')).slice(0, 2).map(({ sku }) => sku)
  const fleet = createFleet(suite, 'gateway')
  const auth = await fleet.start('auth')
  const service = await fleet.start('product')
  const gatewayProcess = await fleet.start('gateway')
  const { items } = (await (await fetch(`${gatewayProcess.url}/api/products?limit=20`)).json()) as {
    items: { id: string }[]
  }
  const works = [
    { what: 'product page, warm', paths: items.map(({ id }) => `/api/products/${id}`) },
    { what: 'product list, warm', paths: ['/api/products?limit=20'] },
  ]
  const forward = await startFloor('./forward.ts', { url: service.url } satisfies ForwardRequest, { pinned: false })
  const rows = await compare(
    works.flatMap(({ what, paths }) => {
      const itself = sideOf(suite, service, paths, 32)
      const through = (front: Front) => ({ ...sideOf(suite, front, paths, 32), pids: [front.pid, service.pid] })
      return [
        {
          what: `${what}, through the gateway / the service itself`,
          bar: BAR,
          doran: through(gatewayProcess),
          floor: itself,
        },
        // No gateway of this kind can be faster than this.
        {
          what: `${what}, through bare node:http and undici / the service itself`,
          doran: through(forward),
          floor: itself,
        },
      ]
    }),
    suite,
  )
  forward.stop()
  for (const { what, paths } of works) rows.push(await addedTime(suite, what, { gatewayProcess, service, paths }))
  rows.push(...(await callTimes(suite, fleet.environment, skus)))
  for (const server of [gatewayProcess, service, auth]) await server.stop()
  return rows
}

/** The server that receives the requests. */
type Front = Pick<Server, 'url' | 'pid' | 'inspector'>

function sideOf({ folder, settings }: Suite, server: Front, paths: string[], connections: number): Side {
  const { url, pid, inspector } = server
  const { seconds } = settings
  return { pids: [pid], inspector, load: () => wrk(url, paths, { folder, seconds, connections, pinned: false }) }
}

/** Uses one connection: how much longer a single client waits. */
async function addedTime(
  suite: Suite,
  what: string,
  { gatewayProcess, service, paths }: { gatewayProcess: Server; service: Server; paths: string[] },
): Promise<Row> {
  const loads: { through: Load; direct: Load }[] = []
  for (let round = 0; round < suite.settings.rounds; round++) {
    const through = await sideOf(suite, gatewayProcess, paths, 1).load()
    const direct = await sideOf(suite, service, paths, 1).load()
    loads.push({ through, direct })
  }
  return {
    what: `${what}, p50 that the gateway adds`,
    unit: 'ms',
    doran: median(loads.map(({ through, direct }) => through.p50 - direct.p50)),
    bar: ADDED_BAR,
    p50: median(loads.map(({ through }) => through.p50)),
    p99: median(loads.map(({ through }) => through.p99)),
    errors: loads.reduce((sum, { through, direct }) => sum + through.errors + direct.errors, 0),
    details: loads,
  }
}

/** Measures a call of another service in the same process, and in another one. */
async function callTimes({ postgres }: Suite, environment: NodeJS.ProcessEnv, skus: string[]): Promise<Row[]> {
  const log = createLog('warn')
  const databaseUrl = postgres.url('gateway')
  const [config] = readConfig([fleetConfig], environment)
  const fleet = await openFleet({
    config,
    log,
    instance: 'bench',
    services: [],
    version: '0',
    host: '127.0.0.1',
    gateway: true,
    databaseUrl,
  })
  const outside = await createPlatform({ services: [], environment, databaseUrl, identity, fleet, log })
  const inside = await createPlatform({ services, environment, databaseUrl, identity, log })
  const rows = [
    await callTime('call of getOffers in the same process', () => inside.client(product).getOffers({ skus })),
    await callTime('call of getOffers in another process', () => outside.client(product).getOffers({ skus })),
  ]
  await outside.close()
  await inside.close()
  return rows
}

/** Makes the calls one after the other. The first quarter warms up. */
async function callTime(what: string, call: () => Promise<unknown>): Promise<Row> {
  const times: number[] = []
  for (let index = 0; index < CALLS; index++) {
    const begun = performance.now()
    await call()
    if (index >= CALLS / 4) times.push(performance.now() - begun)
  }
  times.sort((a, b) => a - b)
  const p50 = median(times)
  return { what, unit: 'ms', doran: p50, p50, p99: times[Math.floor(times.length * 0.99)] as number }
}
