/** Runs services: wires the databases, events, tasks, identity and HTTP server of one process. */
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
  /** Database of all services whose URL is not set in the environment. */
  readonly databaseUrl?: string
  /** Makes the source of signing keys and revocations. It receives a way to call services. */
  readonly identity: (client: <C extends Contract>(contract: C) => Client<C>) => IdentitySource
  /** Extends the HTTP server before the routes are added: the gateway. */
  readonly edge?: Edge
  readonly mode?: CallMode
  /** Connects to services in other processes, both ways. Without it, all services run in this process. */
  readonly fleet?: Fleet
  readonly spans?: SpanSink
  /** Name that identifies this process among others. */
  readonly instance?: string
  readonly log?: Logger
  /** False skips migrations, for databases that are up to date already. */
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
  /** Opens the ports and returns the public one. In a fleet it returns when other processes may call this one. */
  listen(): Promise<number>
  /** Finishes current work within SHUTDOWN_GRACE_MS, gives unfinished tasks back, and closes everything. */
  close(): Promise<void>
}

/** The kernel's own migrations, which every database needs. */
export const kernelMigrations: MigrationSource = { service: 'doran', folder: new URL('./migrations/', import.meta.url) }

export function migrationsOf(services: readonly Service[]): MigrationSource[] {
  return [
    kernelMigrations,
    ...services.flatMap(({ contract, migrations }) =>
      migrations ? [{ service: contract.name, folder: migrations }] : [],
    ),
  ]
}

/** Starts everything except the HTTP server, which {@link Platform.listen} opens. */
export async function createPlatform(options: PlatformOptions): Promise<Platform> {
  const { environment, fleet, spans } = options
  const services = options.services.map(withRelay)
  const [config, ...configs] = readConfig(
    [kernelConfig, ...services.map(({ config }) => config ?? EMPTY_CONFIG)],
    environment,
  ) as [KernelConfig, ...unknown[]]
  const log = options.log ?? createLog(config.LOG_LEVEL)
  const metrics = createMetrics()

  const databases: DatabaseOfProcess[] = []
  const servicesByUrl = Map.groupBy(services, ({ contract }) => urlOf(contract.name, options))
  // A process of a fleet also listens to the database that all processes share.
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
  // In a fleet the auth service may start later than this process, which is not ready before that service has answered.
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
      await http.listen({ port: config.PORT, host: config.HOST, backlog: LISTEN_BACKLOG })
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

const POLL_INTERVAL_MS = 20
const WARN_EVERY_MS = 5_000

/**
 * Connections that may wait for the event loop to accept them. A client that finds the queue full retries after one,
 * three or seven seconds, or is disconnected. A lower limit of the system takes precedence: `net.core.somaxconn` on
 * Linux.
 */
const LISTEN_BACKLOG = 65_535

const EMPTY_CONFIG = { type: 'object', properties: {} } as NonNullable<Service['config']>

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

/** Waits until the auth service, which may still be starting, has answered, or until `stopped`. */
async function untilLoaded(identity: Identity, log: Logger, stopped: AbortSignal): Promise<void> {
  for (let waited = 0; !identity.loaded && !stopped.aborted; waited += POLL_INTERVAL_MS) {
    if (waited > 0 && waited % WARN_EVERY_MS === 0)
      log.warn('waiting for the auth service and its list of revoked tokens')
    await setTimeout(POLL_INTERVAL_MS)
  }
}

/** Registers gauges of saturation: connections to each database, tasks of each service, and failing sagas. */
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
  // An unavailable database must not prevent the other metrics.
  const count = ({ pool, names }: (typeof named)[number]) => countTasks(pool.at(0), names).catch(() => [])
  let counting: Promise<Backlog[]> | undefined
  // Prometheus reads both gauges at the same time, so they share one count.
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

/**
 * Waits for requests first, because they may wait for tasks, and then for tasks. At `end` it closes the remaining
 * connections and gives unfinished tasks back.
 */
async function shutDown(
  http: FastifyInstance,
  workers: readonly Worker[],
  databases: readonly DatabaseOfProcess[],
  end: number,
): Promise<void> {
  const left = () => Math.max(0, end - performance.now())
  // A streamed reply that began before has no `connection: close` header, so its connection stays open when it ends.
  const idle = setInterval(() => http.server.closeIdleConnections(), POLL_INTERVAL_MS)
  await Promise.race([http.close(), setTimeout(left(), undefined, { ref: false })])
  clearInterval(idle)
  http.server.closeAllConnections()
  await Promise.all(workers.map((worker) => worker.close(left())))
  for (const { listener } of databases) await listener.close()
  // Interrupted requests may still hold database connections, which end with the process.
  const closed = databases.map(({ pool }) => pool.close())
  await Promise.race([Promise.all(closed), setTimeout(left() + POLL_INTERVAL_MS, undefined, { ref: false })])
}
