/** Doran in separate processes for the journeys: each service in one or two processes, behind the gateway's. */
import { randomBytes } from 'node:crypto'
import { fleetConfig, openFleet } from '@doran/fleet'
import { httpClient } from '@doran/kernel/client'
import type { Contract } from '@doran/kernel/contract'
import { createLog, createPlatform, Pool, readConfig } from '@doran/kernel/platform'
import { createTestDatabase, freePort, settled, type TestPlatform } from '@doran/kernel/testing'
import { Child } from '../../apps/server/children.ts'
import { identity, services } from '../../apps/server/services.ts'

/** What journeys need of Doran, wherever its services run. */
export type Doran = Pick<TestPlatform, 'api' | 'client' | 'database' | 'request' | 'settled' | 'close'>

export interface Processes extends Doran {
  /** By instance name: `order.1`, `order.2`, … */
  readonly children: ReadonlyMap<string, Child>
  /** Settings of all processes, for starting one more. */
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly url: string
  /** URLs of all gateways. */
  readonly gateways: readonly string[]
}

const INSTANCES: Record<string, number> = { order: 2, inventory: 2 }
/**
 * Clients of several gateways poll their readiness, so gateways drain longer than services, which announce their end.
 */
const GATEWAY_DRAIN_MS = '2000'

export async function startProcesses(
  settings: Record<string, string>,
  instances: Record<string, number> = INSTANCES,
  onLine?: (line: string) => void,
): Promise<Processes> {
  const database = await createTestDatabase(services)
  const environment = {
    ...process.env,
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'silent',
    DATABASE_URL: database.url,
    DATABASE_POOL_SIZE: '10',
    DORAN_SERVICE_SECRET: randomBytes(32).toString('hex'),
    ...settings,
  }
  const gatewaySettings = (instances.gateway ?? 1) > 1 ? { DRAIN_MS: GATEWAY_DRAIN_MS } : {}
  const children = new Map<string, Child>()
  const ports = [settings.PORT as string]
  while (ports.length < (instances.gateway ?? 1)) ports.push(String(await freePort()))
  for (const { contract } of services) {
    for (let number = 1; number <= (instances[contract.name] ?? 1); number++) {
      const name = `${contract.name}.${number}`
      const isGateway = contract.name === 'gateway'
      const PORT = isGateway ? ports[number - 1] : '0'
      const own = { ...environment, DORAN_INSTANCE: name, PORT, ...(isGateway && gatewaySettings) }
      const command = ['start', '--services', contract.name]
      children.set(name, new Child({ name, command, environment: own, ...(onLine && { onLine }) }))
    }
  }
  await Promise.all([...children.values()].map((child) => child.start()))

  const [config] = readConfig([fleetConfig], environment)
  const log = createLog(environment.LOG_LEVEL)
  const about = { config, instance: 'journey', services: [], version: '0', host: '127.0.0.1', gateway: true }
  const fleet = await openFleet({ ...about, databaseUrl: database.url, log })
  const caller = await createPlatform({ services: [], environment, databaseUrl: database.url, identity, fleet, log })
  const pool = new Pool(database.url, 5)
  const gateways = ports.map((port) => `http://127.0.0.1:${port}`)
  const url = gateways[0] as string

  return {
    children,
    environment,
    url,
    gateways,
    client: caller.client,
    api: <C extends Contract>(contract: C, as?: { token: string }) =>
      httpClient(contract, { baseUrl: url, token: () => as?.token }),
    database: () => pool.at(0),
    async request(method, path, { as, body, headers = {} } = {}) {
      const json = body !== undefined && typeof body !== 'string'
      const answer = await fetch(url + path, {
        method,
        headers: {
          ...(as && { authorization: `Bearer ${as.token}` }),
          ...(json && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: json ? JSON.stringify(body) : (body as string) }),
      })
      const text = await answer.text()
      const isJson = answer.headers.get('content-type')?.includes('json')
      return {
        status: answer.status,
        headers: Object.fromEntries(answer.headers),
        body: isJson ? JSON.parse(text) : text,
      }
    },
    settled: () => settled([pool.at(0)]),
    async close() {
      await caller.close()
      await pool.close()
      await Promise.all([...children.values()].map((child) => child.stop()))
      await database.drop()
    },
  }
}
