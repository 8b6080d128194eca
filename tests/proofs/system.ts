/**
 * Doran as a fleet that can be damaged: every service in its own process, two processes each of order, payment,
 * inventory and the gateway, and four databases on one PostgreSQL. The second process of each pair, except the
 * gateway's, runs on a machine of its own (a network namespace, where that is possible) and reaches PostgreSQL through
 * a link that can be disturbed. Another such link leads to the payment provider.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, rmSync } from 'node:fs'
import { appendFile, chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { APP_ROLE } from '@doran/embedded-postgres'
import { fleetConfig, openFleet } from '@doran/fleet'
import type { Safeguard } from '@doran/kernel/faults'
import {
  createLog,
  createPlatform,
  migrate,
  migrationsOf,
  type Platform,
  Pool,
  readConfig,
} from '@doran/kernel/platform'
import { freePort, Link } from '@doran/kernel/testing'
import { Child } from '../../apps/server/children.ts'
import { identity, services } from '../../apps/server/services.ts'
import { small } from '../../apps/server/small.ts'
import { type Disk, diskObstacle, openDisk } from './disk.ts'
import { type Network, obstacle, openNetwork } from './network.ts'
import { Postgres } from './postgres.ts'

const DATABASES: Record<string, readonly string[]> = {
  orders: ['order'],
  payments: ['payment'],
  goods: ['product', 'inventory'],
}
/** Milliseconds after which a starting process counts as hung. */
const START_LIMIT_MS = 60_000
const PAIRS = ['order', 'payment', 'inventory', 'gateway']
/** The processes of the second machine. */
const ON_SECOND_MACHINE = ['order.2', 'payment.2', 'inventory.2']
const PROVIDER_TIMEOUT_MS = 1_500
const SECRET = 'a secret of the proofs'

export interface StartOptions {
  /** A crash point, with `#3` for the third time. */
  readonly crashAt?: string | undefined
  /** Seconds by which its clock is wrong. */
  readonly skew?: number | undefined
}

/** A process ended that the system did not stop. */
export type OnDeath = (name: string, crashedAt: string | undefined) => void

export interface OpenOptions {
  /** The safeguard that is off. */
  readonly without?: Safeguard | undefined
  /** Environment of all processes, in addition to the usual one or instead of it. */
  readonly settings?: Readonly<Record<string, string>> | undefined
}

export class System {
  readonly folder: string
  readonly network: Network | undefined
  readonly noNetwork: string | undefined
  /** PostgreSQL's disk. */
  readonly disk: Disk | undefined
  readonly noDisk: string | undefined
  readonly databaseLink: Link
  readonly providerLink: Link
  readonly gateways: readonly string[]
  readonly sandboxUrl: string
  /** Environment for a `doran` command beside the system. */
  readonly environment: NodeJS.ProcessEnv
  readonly names: readonly string[]
  /** Requests that were answered with 500: no injected fault explains one. */
  readonly internalErrors: string[] = []
  readonly #postgres: Postgres
  readonly #children = new Map<string, Child>()
  readonly #up = new Set<string>()
  readonly #pools = new Map<string, Pool>()
  #sandbox: Child | undefined
  #closing: Promise<void> | undefined
  #onDeath: OnDeath = () => {}

  private constructor(parts: Parts) {
    this.folder = parts.folder
    this.network = parts.network
    this.noNetwork = parts.noNetwork
    this.disk = parts.disk
    this.noDisk = parts.noDisk
    this.databaseLink = parts.databaseLink
    this.providerLink = parts.providerLink
    this.gateways = parts.gateways
    this.sandboxUrl = parts.sandboxUrl
    this.environment = parts.environment
    this.#postgres = parts.postgres
    this.names = services.flatMap(({ contract: { name } }) =>
      PAIRS.includes(name) ? [`${name}.1`, `${name}.2`] : [`${name}.1`],
    )
  }

  static async open({ without, settings }: OpenOptions = {}): Promise<System> {
    const folder = await mkdtemp(join(tmpdir(), 'doran-proof-'))
    // PostgreSQL's account needs to pass through this folder.
    await chmod(folder, 0o755)
    const noDisk = diskObstacle()
    const disk = noDisk ? undefined : openDisk(join(folder, 'postgres'))
    const postgres = await Postgres.start(join(folder, 'postgres'))
    const noNetwork = obstacle()
    const network = noNetwork ? undefined : openNetwork()
    const host = network?.here ?? '127.0.0.1'
    for (const [database, names] of Object.entries({ ...DATABASES, doran: servicesWithout(DATABASES) })) {
      await postgres.create(database)
      const here = services.filter(({ contract }) => names.includes(contract.name))
      await migrate(postgres.url(database), migrationsOf(here))
    }
    const databaseLink = await Link.open(host, { path: join(postgres.socket, '.s.PGSQL.5432') })
    const sandboxPort = await freePort()
    const providerLink = await Link.open(host, { host, port: sandboxPort })
    const ports = [await freePort(), await freePort()]
    const gateways = ports.map((port) => `http://${host}:${port}`)
    const environment = {
      ...small(process.env),
      NODE_ENV: 'test',
      LOG_LEVEL: 'warn',
      HOST: host,
      SANDBOX_HOST: host,
      SANDBOX_PORT: String(sandboxPort),
      DORAN_DATA: folder,
      DATABASE_POOL_SIZE: '8',
      DORAN_SERVICE_SECRET: randomBytes(32).toString('hex'),
      PAYMENT_SANDBOX_SECRET: SECRET,
      PAYMENT_SANDBOX_URL: `http://${host}:${sandboxPort}`,
      PAYMENT_WEBHOOK_URL: `${gateways[0]}/api/payments/webhooks/sandbox`,
      SHOP_ORIGINS: gateways.join(),
      PAYMENT_PROVIDER_TIMEOUT_MS: String(PROVIDER_TIMEOUT_MS),
      RATE_LIMIT_PER_IP: '1000000',
      AUTH_PASSWORD_RATE: '1000000',
      RATE_LIMIT_FILES_PER_IP: '1000000',
      RATE_LIMITS_PER_NETWORK: 'order.createCart=1000000',
      RATE_LIMIT_PER_ACCOUNT: '1000000',
      COMMENTS_PER_HOUR: '1000000',
      ARTICLES_PER_HOUR: '1000000',
      ...databaseUrls(postgres.url),
      ...(without && { DORAN_WITHOUT: without }),
      ...settings,
    }
    const sandboxUrl = environment.PAYMENT_SANDBOX_URL
    const system = new System({
      folder,
      network,
      noNetwork,
      disk,
      noDisk,
      databaseLink,
      providerLink,
      gateways,
      sandboxUrl,
      environment,
      postgres,
    })
    await mkdir(join(folder, 'logs'))
    // An interrupted proof leaves nothing behind.
    for (const signal of ['SIGINT', 'SIGTERM'])
      process.once(signal, () => void system.close().then(() => process.exit(1)))
    system.#sandbox = new Child({ name: 'sandbox', command: ['sandbox-payment'], environment, onLine: () => {} })
    await system.#sandbox.start()
    await Promise.all(system.names.map((name) => system.start(name)))
    return system
  }

  /** Called for every process that ends by itself. */
  set onDeath(handler: OnDeath) {
    this.#onDeath = handler
  }

  isUp(name: string): boolean {
    return this.#up.has(name)
  }

  database(name: 'orders' | 'payments' | 'goods' | 'doran'): Pool {
    const pool = this.#pools.get(name) ?? new Pool(this.#postgres.url(name), 3)
    this.#pools.set(name, pool)
    return pool
  }

  /** Returns a caller of internal operations, as another process of the fleet. */
  async caller(): Promise<Platform> {
    const [config] = readConfig([fleetConfig], this.environment)
    const log = createLog('silent')
    const databaseUrl = this.#postgres.url('doran')
    const about = { config, instance: 'proofs', services: [], version: '0', host: '127.0.0.1', gateway: true }
    const fleet = await openFleet({ ...about, databaseUrl, log })
    return createPlatform({ services: [], environment: this.environment, databaseUrl, identity, fleet, log })
  }

  /** Starts a process and waits until it is ready. Rejects if it dies before that, for example at its crash point. */
  async start(name: string, { crashAt, skew = 0 }: StartOptions = {}): Promise<void> {
    const [service = '', number] = name.split('.')
    const isAfar = ON_SECOND_MACHINE.includes(name)
    const port = service === 'gateway' ? new URL(this.gateways[Number(number) - 1] as string).port : '0'
    let crashedAt: string | undefined
    const child = new Child({
      name,
      command: ['start', '--services', service],
      environment: {
        ...this.environment,
        DORAN_INSTANCE: name,
        PORT: port,
        ...(isAfar && this.network && { HOST: this.network.there }),
        ...(isAfar && databaseUrls((database) => this.#linkedUrl(database))),
        ...(service === 'payment' && {
          PAYMENT_SANDBOX_URL: `http://${this.providerLink.host}:${this.providerLink.port}`,
        }),
        ...(crashAt && { DORAN_CRASH_AT: crashAt }),
        ...(skew !== 0 && clock(skew)),
      },
      launcher: isAfar && this.network ? this.network.launcher : [],
      onLine: (line) => {
        crashedAt ??= /^dies at (\S+)/.exec(line)?.[1]
        const internalError = internalErrorIn(line)
        if (internalError) this.internalErrors.push(`${name}: ${internalError}`)
        void appendFile(join(this.folder, 'logs', `${name}.log`), `${line}\n`).catch(() => {})
      },
    })
    this.#children.set(name, child)
    const ready = child.start()
    child.onExit(() => {
      this.#up.delete(name)
      if (skew !== 0) removeClockOf(child.pid)
      // Another process may have replaced it, or the system may have ended it.
      if (this.#children.get(name) === child) this.#onDeath(name, crashedAt)
    })
    let isHung = false
    const limit = setTimeout(() => {
      isHung = true
      void child.kill()
    }, START_LIMIT_MS)
    await ready.finally(() => clearTimeout(limit)).catch((error) => Promise.reject(isHung ? new HungError() : error))
    this.#up.add(name)
  }

  /** Sends a signal, and waits for the end after SIGKILL. */
  async signal(name: string, signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    const child = this.#children.get(name)
    if (!child?.pid) return
    if (signal !== 'SIGKILL') return void process.kill(child.pid, signal)
    this.#children.delete(name)
    await child.kill()
    this.#up.delete(name)
  }

  /** Ends PostgreSQL as in a power cut and restarts it; it recovers from its log. */
  async restartPostgres(): Promise<void> {
    await this.#postgres.crash()
    await this.#postgres.start()
  }

  /** Fills PostgreSQL's disk. `log` also uses up the space in PostgreSQL's log, so that PostgreSQL ends. */
  async fillDisk(of: 'data' | 'log'): Promise<void> {
    this.disk?.fill()
    if (of === 'log') await this.#postgres.useUpLog()
  }

  /** Frees the disk. PostgreSQL continues by itself, or is restarted if it has ended. */
  async freeDisk(): Promise<void> {
    this.disk?.free()
    await this.#postgres.revive()
  }

  /** Makes the provider misbehave; without faults it behaves again. */
  async misbehave(faults?: object): Promise<void> {
    await fetch(`${this.sandboxUrl}/v1/faults`, {
      method: faults ? 'POST' : 'DELETE',
      headers: { authorization: `Bearer ${SECRET}`, ...(faults && { 'content-type': 'application/json' }) },
      ...(faults && { body: JSON.stringify(faults) }),
    })
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#onDeath = () => {}
    const children = [...this.#children.values()]
    this.#children.clear()
    await Promise.all(children.map((child) => child.kill()))
    await this.#sandbox?.stop()
    await Promise.all([...this.#pools.values()].map((pool) => pool.close()))
    await this.databaseLink.close()
    await this.providerLink.close()
    await this.#postgres.stop()
    this.disk?.close()
    this.network?.close()
    await rm(this.folder, { recursive: true })
  }

  #linkedUrl(database: string): string {
    return `postgres://${APP_ROLE}@${this.databaseLink.host}:${this.databaseLink.port}/${database}`
  }
}

interface Parts
  extends Pick<
    System,
    'folder' | 'network' | 'noNetwork' | 'disk' | 'noDisk' | 'databaseLink' | 'providerLink' | 'gateways'
  > {
  readonly sandboxUrl: string
  readonly environment: NodeJS.ProcessEnv
  readonly postgres: Postgres
}

/** Returns the operation and the error, if the line reports an error that is not a DomainError. */
function internalErrorIn(line: string): string | undefined {
  if (!line.includes('"msg":"a request failed"') || line.includes('"type":"DomainError"')) return
  const { operation, err } = JSON.parse(line) as { operation: string; err: { message: string } }
  return `${operation}: ${err.message}`
}

function servicesWithout(databases: Record<string, readonly string[]>): string[] {
  const elsewhere = Object.values(databases).flat()
  return services.map(({ contract }) => contract.name).filter((name) => !elsewhere.includes(name))
}

function databaseUrls(url: (database: string) => string): Record<string, string> {
  const own = Object.entries(DATABASES).flatMap(([database, names]) =>
    names.map((name) => [`${name.toUpperCase()}_DATABASE_URL`, url(database)]),
  )
  return { ...Object.fromEntries(own), DATABASE_URL: url('doran') }
}

/** A process is neither ready nor dead, so that no supervisor would restart it. */
export class HungError extends Error {
  override readonly message = `neither ready nor dead after ${START_LIMIT_MS / 1_000} s`
}

/** Debian's libfaketime. The monotonic clock stays right, as it does when a machine's time is set wrong. */
const LIBFAKETIME = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/faketime/libfaketimeMT.so.1`

export const canSkew = existsSync(LIBFAKETIME)

/**
 * A killed process leaves behind what libfaketime shares with its children. The next process with the same pid would
 * fail on it.
 */
function removeClockOf(pid: number | undefined): void {
  for (const kind of ['faketime_shm', 'sem.faketime_sem']) rmSync(`/dev/shm/${kind}_${pid}`, { force: true })
}

function clock(skew: number): Record<string, string> {
  return { LD_PRELOAD: LIBFAKETIME, FAKETIME: `${skew > 0 ? '+' : ''}${skew}s`, DONT_FAKE_MONOTONIC: '1' }
}
