/** Members of a fleet for tests: several platforms in one process, with real HTTP between them. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { fleetConfig, type OpenFleet, openFleet } from '@doran/fleet'
import { newId } from '@doran/kernel'
import {
  createLog,
  createPlatform,
  type Edge,
  type IdentitySource,
  kernelConfig,
  type Platform,
  readConfig,
  type Service,
  type SpanSink,
} from '@doran/kernel/platform'
import { Registry } from '../peers/registry.ts'

export const SECRET = 'the secret that all processes of this fleet share'

export const log = createLog(process.env.LOG_LEVEL ?? 'silent')

export interface Member extends Platform {
  readonly fleet: OpenFleet
  readonly url: string
}

export interface MemberOptions {
  readonly services: readonly Service[]
  /** Holds the registry, and the services that have no database of their own in the environment. */
  readonly databaseUrl: string
  readonly environment?: Readonly<Record<string, string>>
  readonly identity?: IdentitySource
  readonly spans?: SpanSink
  /** Makes this the gateway. */
  readonly edge?: (fleet: OpenFleet) => Edge
}

/** Starts a member. It listens when this resolves. */
export async function startMember(options: MemberOptions): Promise<Member> {
  const member = await createMember(options)
  const port = await member.listen()
  return { ...member, url: member.url + port }
}

/** Creates a member that does not listen yet; `url` lacks the port. */
export async function createMember({ services, databaseUrl, edge, spans, ...options }: MemberOptions): Promise<Member> {
  const instance = options.environment?.DORAN_INSTANCE ?? `test-${newId()}`
  const environment = {
    PORT: '0',
    LOG_LEVEL: 'silent',
    DATABASE_POOL_SIZE: '8',
    DORAN_SERVICE_SECRET: SECRET,
    DRAIN_MS: '0',
    ...(!edge && { TRUST_PROXY: '1' }),
    ...options.environment,
  }
  const [config, kernel] = readConfig([fleetConfig, kernelConfig], environment)
  const about = { config, instance, version: '1.0.0', host: kernel.HOST, gateway: edge !== undefined, log }
  const fleet = await openFleet({ ...about, services: services.map(({ contract }) => contract.name), databaseUrl })
  const platform = await createPlatform({
    services,
    environment,
    databaseUrl,
    identity: () => options.identity ?? { keys: async () => ({ keys: [] }), revocations: async () => [] },
    instance,
    fleet,
    ...(spans && { spans }),
    ...(edge && { edge: edge(fleet) }),
    log,
  })
  return { ...platform, fleet, url: `${fleet.serverTls ? 'https' : 'http'}://127.0.0.1:` }
}

/** Closes a server and its connections at once, as a crash does. */
export function slam(server: Server): void {
  server.close()
  server.closeAllConnections()
}

/** A server that is registered as an instance of a service and behaves as the test wants. */
export interface Impostor {
  readonly url: string
  /** Requests that have reached it, except health checks. */
  readonly arrivals: IncomingMessage[]
  /** How it handles requests from now on. */
  behave: RequestListener
  /** Whether its health check succeeds. */
  live: boolean
  /** Closes its server; it stays in the registry. */
  slam(): void
  close(): Promise<void>
}

export async function startImpostor(databaseUrl: string, service: string, behave: RequestListener): Promise<Impostor> {
  const server = createServer((request, response) => {
    if (request.url !== '/health/live') {
      impostor.arrivals.push(request)
      impostor.behave(request, response)
    } else if (impostor.live) response.end('{}')
    else request.socket.destroy()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const registry = new Registry(databaseUrl, log)
  const impostor: Impostor = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrivals: [],
    behave,
    live: true,
    slam: () => slam(server),
    async close() {
      await registry.leave()
      await registry.close()
      slam(server)
    },
  }
  await registry.start()
  await registry.join({ id: `impostor-${newId()}`, url: impostor.url, services: [service], version: '1.0.0' })
  return impostor
}

/** Reads the whole request and hangs up without an answer, like a process that dies. */
export const hangUp: RequestListener = (request) => {
  request.resume().once('end', () => request.socket.destroy())
}

/** Reads the whole request and never answers. */
export const keepSilent: RequestListener = (request) => {
  request.resume()
}

/** Answers every request with this as JSON. */
export function replyWith(reply: unknown, status = 200): RequestListener {
  return (request, response) => {
    request.resume().once('end', () => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(reply))
    })
  }
}

/** Waits until this process knows `count` instances of the service. */
export async function known({ fleet }: Member, service: string, count: number): Promise<void> {
  await until(() => fleet.targets.of(service).peers().length === count)
}

/** Polls until the condition holds, for effects of other processes. Returns the elapsed milliseconds. */
export async function until(condition: () => boolean | Promise<boolean>, timeoutMs = 5_000): Promise<number> {
  for (const start = performance.now(); ; await pause(2)) {
    if (await condition()) return performance.now() - start
    if (performance.now() - start > timeoutMs) throw new Error(`not so after ${timeoutMs} ms: ${condition}`)
  }
}

/** How long the work takes, in milliseconds. */
export async function took(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

/** Starts `stuck-process.ts`; kill it by its pid. */
export async function startStuckProcess(databaseUrl: string): Promise<{ child: ChildProcess; url: string }> {
  const child = fork(new URL('./stuck-process.ts', import.meta.url), [databaseUrl])
  const [url] = (await once(child, 'message')) as [string]
  return { child, url }
}
