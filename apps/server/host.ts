/** Runs some of the services, or all, in this process. */
import { instanceName, openFleet, openRedis, openSpans } from '@doran/fleet'
import { openApi, publicDoor, RouteShares } from '@doran/gateway'
import { createLog, createPlatform, type Platform } from '@doran/kernel/platform'
import { readSettings } from './config.ts'
import { UserError } from './errors.ts'
import { pages } from './pages.ts'
import { errors, identity, services } from './services.ts'
import { version } from './version.ts'

export interface HostOptions {
  /** Names of the services that run here. */
  readonly names: readonly string[]
  readonly environment: NodeJS.ProcessEnv
  /** Database of the services that have no URL of their own in the environment. */
  readonly databaseUrl: string | undefined
}

/** A platform with these services: alone when they are all there are, else one of a fleet. */
export async function host({ names, environment, databaseUrl }: HostOptions): Promise<Platform> {
  const here = services.filter(({ contract }) => names.includes(contract.name))
  const elsewhere = services.filter((service) => !here.includes(service))
  const isGateway = names.includes('gateway')
  const { kernel, gateway, fleet: config } = readSettings(environment)
  if (isGateway && here.length > 1 && elsewhere.length > 0 && config.DORAN_TLS_CA) {
    throw new UserError(
      'With DORAN_TLS_CA the gateway runs alone: its door is for everybody, those of services are not.',
    )
  }

  const instance = instanceName(config, elsewhere.length > 0 ? names : [])
  const log = createLog(kernel.LOG_LEVEL, elsewhere.length > 0 ? { base: { instance } } : {})
  const about = { config, instance, services: names, version, log }
  const spans = await openSpans(about)
  const fleet =
    elsewhere.length === 0
      ? undefined
      : await openFleet({
          ...about,
          host: kernel.HOST,
          gateway: isGateway,
          databaseUrl: databaseUrl ?? kernel.DATABASE_URL,
        })
  const redis = isGateway && config.REDIS_URL ? await openRedis(config.REDIS_URL, log) : undefined
  const shares = new RouteShares()
  const proxy = fleet && {
    contracts: elsewhere.map(({ contract }) => contract),
    targets: fleet.targets,
    shares,
    timeout: kernel.REQUEST_TIMEOUT_MS,
  }

  const platform = await createPlatform({
    services: here,
    // Only the gateway stands before a service of a fleet, and it tells from where a request came.
    environment: isGateway ? environment : { TRUST_PROXY: '1', ...environment },
    databaseUrl,
    identity,
    instance,
    ...(isGateway && {
      edge: publicDoor({ config: gateway, api: openApi(services, { version }), errors, proxy, pages: pages(), redis }),
    }),
    ...(fleet && { fleet }),
    ...(spans && { spans }),
    log,
  })
  if (isGateway) await shares.watch(platform.database('gateway'), platform.channel)
  return {
    ...platform,
    async close() {
      await platform.close()
      redis?.disconnect()
    },
  }
}
