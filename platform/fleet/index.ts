/** Services in more than one process: discovery, calls between them, and hints to each other. */
import { hostname } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import {
  ConfigError,
  type Fleet,
  gauge,
  kernelErrors,
  type Metrics,
  type SpanSink,
  secretsIn,
} from '@doran/kernel/platform'
import type { FastifyInstance } from 'fastify'
import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import type { FleetConfig } from './config.ts'
import { openDoor } from './door.ts'
import { type Discovery, dnsDiscovery } from './peers/discovery.ts'
import type { Peer } from './peers/peer.ts'
import { Registry } from './peers/registry.ts'
import { type Target, Targets } from './peers/targets.ts'
import { remoteCall } from './remote.ts'
import { ServiceTokens } from './service-token.ts'
import { openTls, type Tls } from './tls.ts'

export { type FleetConfig, fleetConfig } from './config.ts'
export type { Discovery, Instance } from './peers/discovery.ts'
export { NoAnswerError, NotSentError, type Peer, type PeerResponse } from './peers/peer.ts'
export { listInstances, type RegisteredInstance } from './peers/registry.ts'
export { type Attempt, type Effect, type Target, Targets } from './peers/targets.ts'
export { effectOf } from './remote.ts'
export { inspectTls } from './tls.ts'

export interface FleetOptions {
  readonly config: FleetConfig
  /** Name of this process in logs, traces and the registry. */
  readonly instance: string
  /** Names of the services that run here. */
  readonly services: readonly string[]
  readonly version: string
  readonly host: string
  /** Whether this is the gateway. Its server is public, so it asks no client for a certificate. */
  readonly gateway: boolean
  /** The database that holds the registry; may be undefined with DORAN_SERVICE_URL. */
  readonly databaseUrl: string | undefined
  readonly log: Logger
}

export interface OpenFleet extends Fleet {
  /** The services that other processes run; the gateway forwards requests to them. */
  readonly targets: Targets
}

/** The configured name of this process, or one that no other process has. */
export function instanceName(config: FleetConfig, services: readonly string[]): string {
  return config.DORAN_INSTANCE ?? `${services.join('+') || 'doran'}-${hostname().slice(0, 40)}-${process.pid}`
}

/** Opens the export of traces; undefined without a collector. */
export async function openSpans(
  options: Pick<FleetOptions, 'config' | 'instance' | 'services' | 'version' | 'log'>,
): Promise<SpanSink | undefined> {
  const { config, instance, services, version, log } = options
  const endpoint = config.OTEL_EXPORTER_OTLP_ENDPOINT
  if (!endpoint) return undefined
  // Loaded only when used: OpenTelemetry costs start-up time and memory.
  const { otlpSpans } = await import('./telemetry.ts')
  return otlpSpans({ endpoint, service: services.join('+') || 'doran', instance, version, log })
}

export async function openFleet(options: FleetOptions): Promise<OpenFleet> {
  const { config, log } = options
  const tls = await tlsOf(config, log)
  const serverTls = options.gateway ? undefined : tls
  const registry = config.DORAN_SERVICE_URL ? undefined : new Registry(registryUrl(options), log)
  await registry?.start()
  const discovery: Discovery = registry ?? dnsDiscovery(config.DORAN_SERVICE_URL as string)
  const channel = config.REDIS_URL ? await openChannel(config.REDIS_URL, log) : undefined
  const tokens = new ServiceTokens(secretsIn(secretOf(config)))
  const targets = new Targets(discovery, tls)

  return {
    call: remoteCall(targets, tokens),
    channel,
    targets,
    serverTls: serverTls && { ...serverTls.material, requestCert: true, rejectUnauthorized: false },
    door(app, inside) {
      if (serverTls) {
        requireCertificate(app)
        serverTls.onChange(() => (app.server as unknown as TlsServer).setSecureContext(serverTls.material))
      }
      openDoor(app, tokens, inside)
      observe(inside.metrics, targets)
    },
    async join(port) {
      const scheme = serverTls ? 'https' : 'http'
      const host = options.host === '0.0.0.0' || options.host === '::' ? hostname() : options.host
      const url = config.DORAN_ADVERTISE_URL ?? `${scheme}://${host}:${port}`
      await registry?.join({ id: options.instance, url, services: options.services, version: options.version })
    },
    async leave() {
      await registry?.leave()
      await pause(config.DRAIN_MS)
    },
    async close() {
      await targets.close()
      await registry?.close()
      await channel?.close()
      tls?.close()
    },
  }
}

interface TlsServer {
  setSecureContext(material: object): void
}

/** Refuses clients without a certificate of our authority, except for health and metrics. */
function requireCertificate(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const open = request.url.startsWith('/health/') || request.url === '/metrics'
    const { authorized } = request.socket as unknown as { authorized: boolean }
    done(open || authorized ? undefined : kernelErrors.certificateMissing())
  })
}

async function tlsOf(config: FleetConfig, log: Logger): Promise<Tls | undefined> {
  const { DORAN_TLS_CA: ca, DORAN_TLS_CERT: cert, DORAN_TLS_KEY: key } = config
  if (!ca && !cert && !key) return undefined
  if (!ca || !cert || !key) {
    throw new ConfigError(['DORAN_TLS_CA, DORAN_TLS_CERT and DORAN_TLS_KEY belong together; `doran certs` makes them'])
  }
  return openTls({ ca, cert, key }, log)
}

function secretOf({ DORAN_SERVICE_SECRET }: FleetConfig): string {
  if (DORAN_SERVICE_SECRET) return DORAN_SERVICE_SECRET
  throw new ConfigError([
    'DORAN_SERVICE_SECRET must be the same secret text of at least 32 characters in every process; found nothing',
  ])
}

function registryUrl({ databaseUrl }: FleetOptions): string {
  if (databaseUrl) return databaseUrl
  throw new ConfigError([
    'DATABASE_URL must name the database that holds the registry, or DORAN_SERVICE_URL say where services are; found neither',
  ])
}

function observe(metrics: Metrics, targets: Targets): void {
  const perPeer = (name: string, help: string, value: (peer: Peer) => number) =>
    // The label is `peer` because `instance` is the process that Prometheus scrapes.
    gauge(metrics, `doran_peer_${name}`, help, ['service', 'peer'], async () =>
      targets
        .all()
        .flatMap(({ service, target }) => target.peers().map((peer) => [{ service, peer: peer.url }, value(peer)])),
    )
  perPeer('requests', 'Calls under way to an instance of a service', ({ pending }) => pending)
  perPeer('breaker', 'Circuit breaker of an instance of a service: 0 closed, 1 half open, 2 open', ({ state }) =>
    ['closed', 'half-open', 'open'].indexOf(state),
  )
  const perTarget = (name: string, help: string, value: (target: Target) => number) =>
    gauge(metrics, `doran_bulkhead_${name}`, help, ['service'], async () =>
      targets.all().map(({ service, target }) => [{ service }, value(target)]),
    )
  perTarget('running', 'Calls to a service that its bulkhead lets through', ({ running }) => running)
  perTarget('waiting', 'Calls to a service that its bulkhead holds back', ({ waiting }) => waiting)
}

/** A Redis connection that reconnects by itself. Without a connection, commands fail at once. */
export async function openRedis(url: string, log: Logger): Promise<Redis> {
  const { Redis } = await import('ioredis')
  const redis = new Redis(url, { enableOfflineQueue: false, maxRetriesPerRequest: 0, connectTimeout: 2_000 })
  redis.on('error', (error) => log.debug({ err: error }, 'Redis is away'))
  return redis
}

async function openChannel(url: string, log: Logger) {
  const { redisChannel } = await import('./redis-channel.ts')
  return redisChannel(url, log)
}
