/**
 * The gateway's part of a process: its public HTTP server, before the routes of services in this process or in others.
 */
import type { OpenFleet } from '@doran/fleet'
import { openRedis } from '@doran/fleet'
import { gatewayConfig, openApi, publicDoor, RouteShares, readRouteTargets } from '@doran/gateway'
import { type Edge, type KernelConfig, type Platform, readConfig } from '@doran/kernel/platform'
import { errorsOf, loadContracts, loadServices, serviceNames } from './loaders.ts'
import { pages } from './pages.ts'
import { version } from './version.ts'

export interface DoorOptions {
  readonly environment: NodeJS.ProcessEnv
  readonly kernel: KernelConfig
  readonly redisUrl: string | undefined
  /** The connections to services in other processes; undefined if there are none. */
  readonly fleet: OpenFleet | undefined
  /** Names of the services in other processes. */
  readonly elsewhere: readonly string[]
  readonly log: Platform['log']
}

export interface Door {
  readonly edge: Edge
  /** Keeps the shares of requests that go elsewhere up to date. */
  watch(platform: Platform): Promise<void>
  close(): void
}

export async function openDoor({ environment, kernel, redisUrl, fleet, elsewhere, log }: DoorOptions): Promise<Door> {
  const [config] = readConfig([gatewayConfig], environment)
  const redis = redisUrl ? await openRedis(redisUrl, log) : undefined
  const contracts = await loadContracts(serviceNames)
  const shares = new RouteShares(readRouteTargets(config))
  const proxy = fleet && {
    contracts: contracts.filter(({ name }) => elsewhere.includes(name)),
    targets: fleet.targets,
    shares,
    timeout: kernel.REQUEST_TIMEOUT_MS,
  }
  const api = openApi(
    contracts.map((contract) => ({ contract })),
    { version },
  )
  const errors = async () => errorsOf(await loadServices())
  return {
    edge: publicDoor({ config, api, errors, proxy, pages: pages(), redis }),
    watch: (platform) => shares.watch(platform.database('gateway'), platform.channel),
    close: () => redis?.disconnect(),
  }
}
