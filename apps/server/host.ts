/** Runs some or all of the services in this process. */
import { instanceName, openFleet, openSpans } from '@doran/fleet'
import { createLog, createPlatform, type Platform } from '@doran/kernel/platform'
import { readSettings } from './config.ts'
import { UserError } from './errors.ts'
import { identity, loadServices, serviceNames } from './loaders.ts'
import { version } from './version.ts'

export interface HostOptions {
  /** Names of the services to run here. */
  readonly names: readonly string[]
  readonly environment: NodeJS.ProcessEnv
  /** Database of the services to which the environment gives no database of their own. */
  readonly databaseUrl: string | undefined
}

/** Returns a platform with these services: on its own if they are all services, otherwise as an instance of a fleet. */
export async function host({ names, environment, databaseUrl }: HostOptions): Promise<Platform> {
  const services = await loadServices(serviceNames.filter((name) => names.includes(name)))
  const elsewhere = serviceNames.filter((name) => !names.includes(name))
  const isGateway = names.includes('gateway')
  const { kernel, fleet: config } = readSettings(environment, services)
  if (isGateway && services.length > 1 && elsewhere.length > 0 && config.DORAN_TLS_CA) {
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
  const door = isGateway
    ? await (await import('./door.ts')).openDoor({
        environment,
        kernel,
        redisUrl: config.REDIS_URL,
        fleet,
        elsewhere,
        log,
      })
    : undefined

  const platform = await createPlatform({
    services,
    // In a fleet only the gateway calls the services, and it forwards the client's address.
    environment: isGateway ? environment : { TRUST_PROXY: '1', ...environment },
    databaseUrl,
    identity,
    instance,
    ...(door && { edge: door.edge }),
    ...(fleet && { fleet }),
    ...(spans && { spans }),
    log,
  })
  await door?.watch(platform)
  return {
    ...platform,
    async close() {
      await platform.close()
      door?.close()
    },
  }
}
