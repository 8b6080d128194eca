/** Runs services: wires databases, events, tasks, identity and the public door of one process. */
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import type { Client, Contract } from './contract/contract.ts'
import { Deadline } from './contract/deadline.ts'
import { type Database, Pool } from './database/database.ts'
import { Listener } from './database/listener.ts'
import { type MigrationSource, migrate } from './database/migrate.ts'
import { sql } from './database/sql.ts'
import { enterWork, prepareWorkers } from './durable/handlers.ts'
import { withRelay } from './durable/relay.ts'
import { bindSaga, readFailingSagas } from './durable/sagas.ts'
import { subscribeElsewhere } from './durable/subscriptions.ts'
import type { DatabaseOfProcess, Wiring } from './durable/wiring.ts'
import type { Actor } from './service/actor.ts'
import { CacheStore } from './service/cache.ts'
import type { Call } from './service/call.ts'
import { Caller, type CallMode, type Hosted } from './service/calls.ts'
import { type Channel, postgresChannel } from './service/channel.ts'
import type { Service } from './service/service.ts'
import { databaseUrlOf, type KernelConfig, kernelConfig, readConfig } from './serving/config.ts'
import type { Fleet } from './serving/fleet.ts'
import { buildHttp, type Edge } from './serving/http.ts'
import { Identity, type IdentitySource, REVOCATION_TOPIC, type Revocation } from './serving/identity.ts'
import { openMetricsPort } from './serving/metrics-door.ts'
import { type Backlog, COUNTED_AT_MOST, countTasks } from './tasks/backlog.ts'
import type { Worker } from './tasks/worker.ts'
import {
  collectProcessMetrics,
  createLog,
  createMetrics,
  gauge,
  type Metrics,
  newTrace,
  type SpanSink,
} from './telemetry/index.ts'

export interface PlatformOptions {
  readonly services: readonly Service[]
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Database of every service that has no URL of its own in the environment. */
  readonly databaseUrl?: string
  /** Who signs tokens; given a way to call services that run here. */
  readonly identity: (client: <C extends Contract>(contract: C) => Client<C>) => IdentitySource
  /** Adds to the public door before the routes: the gateway. */
  readonly edge?: Edge
  readonly mode?: CallMode
  /** The way to services that do not run here, and from them; without it everything runs here. */
  readonly fleet?: Fleet
  readonly spans?: SpanSink
  /** Name of this process among others. */
  readonly instance?: string
  readonly log?: Logger
  /** Set to false when the databases are up to date already. */
  readonly migrate?: boolean
}

export interface Platform {
  readonly http: FastifyInstance
  readonly config: KernelConfig
  readonly log: Logger
  readonly channel: Channel
  /** Calls services as `actor`, or as the system itself. */
  client<C extends Contract>(contract: C, actor?: Actor): Client<C>
  /** The database of a service. */
  database(service: string): Database
  /** Opens the doors; answers the port. One of many answers when the others may call it. */
  listen(): Promise<number>
  /** Finishes what is in hand within SHUTDOWN_GRACE_MS, gives back the rest, and closes everything. */
  close(): Promise<void>
}

/** Folder of the kernel's own migrations, which every database needs. */
export const kernelMigrations: MigrationSource = { service: 'doran', folder: new URL('./migrations/', import.meta.url) }

export function migrationsOf(services: readonly Service[]): MigrationSource[] {
  return [
    kernelMigrations,
    ...services.flatMap(({ contract, migrations }) =>
      migrations ? [{ service: contract.name, folder: migrations }] : [],
    ),
  ]
}

/** Starts everything but the public door, which {@link Platform.listen} opens. */
export async function createPlatform(options: PlatformOptions): Promise<Platform> {
  const { environment, fleet, spans } = options
  const services = options.services.map(withRelay)
  const [config, ...configs] = readConfig(
    [kernelConfig, ...services.map(({ config }) => config ?? EMPTY)],
    environment,
  ) as [KernelConfig, ...unknown[]]
  const log = options.log ?? createLog(config.LOG_LEVEL)
  const metrics = createMetrics()

  const databases: DatabaseOfProcess[] = []
  const servicesByUrl = Map.groupBy(services, ({ contract }) => urlOf(contract.name, options))
  // One of many also listens to what all of them share.
  const shared = options.databaseUrl ?? config.DATABASE_URL
  if (fleet && shared && !servicesByUrl.has(shared)) servicesByUrl.set(shared, [])
  for (const [url, here] of servicesByUrl) {
    if (options.migrate !== false) await migrate(url, migrationsOf(here))
    const pool = new Pool(url, config.DATABASE_POOL_SIZE, undefined, log)
    const listener = new Listener(url)
    pool.notifier = listener
    databases.push({ services: here, pool, listener })
  }
  const databaseOf = (service: string) =>
    databases.find(({ services }) => services.some(({ contract }) => contract.name === service))

  const channel: Channel =
    fleet?.channel ??
    postgresChannel(
      databases.map(({ listener }) => listener),
      log,
    )
  const cache = new CacheStore(channel, config.CACHE_ENTRIES)
  const hosted = new Map<string, Hosted>()
  for (const [index, service] of services.entries()) {
    const { name } = service.contract
    for (const saga of service.sagas) bindSaga(saga, name)
    hosted.set(name, {
      service,
      pool: (databaseOf(name) as DatabaseOfProcess).pool,
      config: configs[index],
      cache: cache.of(name),
      log: log.child({ service: name }),
    })
  }
  const caller = new Caller({ hosted, channel, metrics, mode: options.mode ?? 'direct', remote: fleet?.call, spans })
  const systemCall = (actor?: Actor): Call => ({
    actor,
    deadline: Deadline.in(config.REQUEST_TIMEOUT_MS),
    trace: newTrace(),
    request: undefined,
    key: undefined,
    depth: 0,
  })
  const client = <C extends Contract>(contract: C, actor?: Actor) => caller.client(contract, systemCall(actor))

  const wiring: Wiring = {
    databases,
    hosted,
    caller,
    systemCall,
    log,
    metrics,
    spans,
    concurrency: config.TASK_CONCURRENCY,
    callTimeoutMs: config.REQUEST_TIMEOUT_MS,
    holder: options.instance,
  }
  const workers = prepareWorkers(wiring)
  for (const { listener } of databases) await listener.start()
  await enterWork(wiring)
  await subscribeElsewhere(wiring, { here: true })
  const identity = new Identity(options.identity(client))
  channel.subscribe(REVOCATION_TOPIC, (revocation) => identity.revoke(revocation as Revocation))
  channel.onGap(
    () => void identity.reload().catch((error) => log.error({ err: error }, 'revocations could not be reloaded')),
  )
  const stopped = new AbortController()
  // Elsewhere the auth service may start later than we do; until it has answered, this process is not ready.
  if (fleet) void identity.keepLoaded(log, stopped.signal)
  else await identity.reload()
  observe(metrics, databases)

  const http = await buildHttp({
    hosted,
    caller,
    identity,
    metrics,
    metricsElsewhere: config.METRICS_PORT !== undefined,
    log,
    requestTimeout: config.REQUEST_TIMEOUT_MS,
    receiveTimeout: config.RECEIVE_TIMEOUT_MS,
    maxConnections: config.MAX_CONNECTIONS,
    trustProxy: config.TRUST_PROXY,
    edge: options.edge,
    fleet,
    spans,
    leaving: () => stopped.signal.aborted,
    unready: async () => [
      ...(stopped.signal.aborted ? ['it is stopping'] : []),
      ...(identity.loaded ? [] : ['the auth service has not told which tokens are revoked']),
      ...(await unready(databases)),
    ],
  })
  for (const worker of workers) worker.start()

  let metricsServer: Server | undefined
  let closing: Promise<void> | undefined
  return {
    http,
    config,
    log,
    channel,
    client,
    database: (service) => (databaseOf(service) as DatabaseOfProcess).pool.at(0),
    async listen() {
      if (config.METRICS_PORT) metricsServer = await openMetricsPort(metrics, config.METRICS_PORT, config.METRICS_HOST)
      await http.listen({ port: config.PORT, host: config.HOST, backlog: BACKLOG })
      const { port } = http.server.address() as AddressInfo
      if (fleet) {
        await untilLoaded(identity, log, stopped.signal)
        await fleet.join(port)
        void subscribeElsewhere(wiring, { here: false, stopped: stopped.signal })
      }
      return port
    },
    close() {
      closing ??= (async () => {
        stopped.abort()
        const end = performance.now() + config.SHUTDOWN_GRACE_MS
        await fleet?.leave()
        await shutDown(http, workers, databases, end)
        metricsServer?.close()
        metricsServer?.closeAllConnections()
        await fleet?.close()
        await spans?.close()
      })()
      return closing
    },
  }
}

const LOOK_MS = 20
const WARN_EVERY_MS = 5_000

/**
 * Connections that may wait until the event loop takes them in. Who finds no room is heard again after one second, three or seven,
 * or is cut off. The system has a limit of its own, which counts when it is lower: `net.core.somaxconn` on Linux.
 */
const BACKLOG = 65_535

const EMPTY = { type: 'object', properties: {} } as NonNullable<Service['config']>

function urlOf(service: string, { environment, databaseUrl }: PlatformOptions): string {
  const url = databaseUrlOf(service, environment) ?? databaseUrl
  if (!url) throw new Error(`no database is known for the service ${service}`)
  return url
}

async function unready(databases: Iterable<DatabaseOfProcess>): Promise<string[]> {
  const checks = [...databases].map(({ pool, services }) =>
    pool.query(sql`select 1 as alive`).then(
      () => [],
      () => [`the database of ${services.map(({ contract }) => contract.name).join(', ')} does not answer`],
    ),
  )
  return (await Promise.all(checks)).flat()
}

/** Waits for the auth service, which may still be starting, or until `stopped`. */
async function untilLoaded(identity: Identity, log: Logger, stopped: AbortSignal): Promise<void> {
  for (let waited = 0; !identity.loaded && !stopped.aborted; waited += LOOK_MS) {
    if (waited > 0 && waited % WARN_EVERY_MS === 0)
      log.warn('waiting for the auth service, which tells what tokens are revoked')
    await setTimeout(LOOK_MS)
  }
}

/** Gauges that show how full things are: the connections to each database, and the tasks of each service. */
function observe(metrics: Metrics, databases: readonly DatabaseOfProcess[]): void {
  collectProcessMetrics(metrics)
  const named = databases.map(({ services, pool }) => ({ pool, names: services.map(({ contract }) => contract.name) }))
  const connections = (which: keyof ReturnType<Pool['stats']>, help: string) =>
    gauge(metrics, `doran_database_connections_${which}`, help, ['services'], async () =>
      named.map(({ pool, names }) => [{ services: names.join(',') }, pool.stats()[which]]),
    )
  connections('used', 'Connections to the database of these services that are in use')
  connections('idle', 'Connections to the database of these services that nobody uses')
  connections('max', 'Connections to the database of these services that this process may open')
  connections('waiting', 'Callers that wait for a connection to the database of these services')
  // A database that is away must not take all other figures with it.
  const count = ({ pool, names }: (typeof named)[number]) => countTasks(pool.at(0), names).catch(() => [])
  let counting: Promise<Backlog[]> | undefined
  // Both gauges are asked at the same time, and share what is counted then.
  const backlog = () => {
    counting ??= Promise.all(named.map(count))
      .then((counts) => counts.flat())
      .finally(() => (counting = undefined))
    return counting
  }
  const most = COUNTED_AT_MOST.toLocaleString('en')
  const counts = `Durable tasks of a service past their time (due), and waiting for an operator (dead); due ones are counted up to ${most} for each handler, dead ones up to ${most}`
  gauge(metrics, 'doran_tasks', counts, ['service', 'state'], async () =>
    [...Map.groupBy(await backlog(), ({ service }) => service)].flatMap(([service, lanes]) =>
      (['due', 'dead'] as const).map((state): [{ service: string; state: string }, number] => [
        { service, state },
        lanes.reduce((sum, lane) => sum + lane[state], 0),
      ]),
    ),
  )
  const lag = 'For how long the oldest task of a service is due in this lane'
  gauge(metrics, 'doran_task_lag_seconds', lag, ['service', 'lane'], async () =>
    (await backlog()).map(({ service, lane, lag }) => [{ service, lane }, lag]),
  )
  const failing = ({ pool, services }: DatabaseOfProcess) => readFailingSagas(pool.at(0), services).catch(() => [])
  gauge(metrics, 'doran_saga_failing_seconds', 'For how long a saga has failed at its step', ['handler'], async () =>
    (await Promise.all(databases.map(failing))).flat().map(({ handler, seconds }) => [{ handler }, seconds]),
  )
}

/** Requests finish first, which may wait for tasks, then tasks. At `end` requests are cut and tasks given back. */
async function shutDown(
  http: FastifyInstance,
  workers: readonly Worker[],
  databases: readonly DatabaseOfProcess[],
  end: number,
): Promise<void> {
  const left = () => Math.max(0, end - performance.now())
  // What was sent as a stream has not told its client that the connection ends with it.
  const idle = setInterval(() => http.server.closeIdleConnections(), LOOK_MS)
  await Promise.race([http.close(), setTimeout(left(), undefined, { ref: false })])
  clearInterval(idle)
  http.server.closeAllConnections()
  await Promise.all(workers.map((worker) => worker.close(left())))
  for (const { listener } of databases) await listener.close()
  // What was cut may hold connections; they end with the process.
  const closed = databases.map(({ pool }) => pool.close())
  await Promise.race([Promise.all(closed), setTimeout(left() + LOOK_MS, undefined, { ref: false })])
}
