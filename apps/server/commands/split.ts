import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { createLog } from '@doran/kernel/platform'
import { Child, reportReady } from '../children.ts'
import { readSettings } from '../config.ts'
import { Closing, closeOnSignal, localUrl } from '../lifecycle.ts'
import { loadServices } from '../loaders.ts'
import { small } from '../small.ts'
import { announce, openSurroundings, prepare, type Surroundings } from './surroundings.ts'

export interface SplitOptions {
  readonly seeded: boolean
  /** Number of processes of each service. */
  readonly instances: ReadonlyMap<string, number>
  /** Mutual TLS between the processes. */
  readonly tls: boolean
}

/** Connections of each process; few, so that a dozen processes fit into one PostgreSQL. */
const POOL_SIZE = '10'
const COLOURS = [36, 33, 32, 35, 34, 96, 93, 92, 95, 94]

/** `doran start --split`: runs each service in processes of its own on this machine, and supervises them. */
export async function split(options: SplitOptions): Promise<void> {
  const begun = performance.now()
  const { kernel } = readSettings(process.env, await loadServices())
  const log = createLog(kernel.LOG_LEVEL)
  const closing = new Closing()
  const interrupted = closeOnSignal(closing, log)
  try {
    const { children, environment } = await startFleet(options, closing)
    for (const child of children) {
      child.restartOnExit((how, delayMs) => log.warn(`${child.name} ${how}; starting it again in ${delayMs} ms`))
    }
    const url = localUrl(kernel.HOST, Number(environment.PORT))
    announce(url, environment.PAYMENT_SANDBOX_URL as string, performance.now() - begun)
    reportReady({ url }, interrupted)
  } catch (error) {
    await closing.close()
    throw error
  }
}

/** Starts what Doran needs beside it, prepares the databases, and runs each service in processes of its own. */
export async function startFleet(
  { seeded, instances, tls }: SplitOptions,
  closing: Closing,
): Promise<Surroundings & { children: Child[] }> {
  const { kernel } = readSettings(process.env, await loadServices())
  const surroundings = await openSurroundings(closing)
  const { environment, databaseUrl } = surroundings
  await prepare(surroundings, seeded)
  const certificates = tls ? await certificatesIn(join(kernel.DORAN_DATA, 'certificates')) : undefined
  const shared: NodeJS.ProcessEnv = {
    DATABASE_POOL_SIZE: POOL_SIZE,
    DORAN_SERVICE_SECRET: randomBytes(32).toString('hex'),
    ...environment,
    ...(databaseUrl && { DATABASE_URL: databaseUrl }),
  }

  const children: Child[] = []
  for (const [service, count] of instances) {
    for (let number = 1; number <= count; number++) {
      const name = `${service}.${number}`
      const isGateway = service === 'gateway'
      const files = certificates?.of(service)
      const own: NodeJS.ProcessEnv = {
        ...shared,
        DORAN_INSTANCE: name,
        HOST: isGateway ? kernel.HOST : '127.0.0.1',
        // The first gateway gets the requested port. More gateways need a load balancer in front of them.
        PORT: isGateway && number === 1 ? environment.PORT : '0',
        METRICS_PORT: isGateway && number === 1 ? environment.METRICS_PORT : undefined,
        ...(certificates && { DORAN_TLS_CA: certificates.ca, DORAN_TLS_CERT: files?.cert, DORAN_TLS_KEY: files?.key }),
      }
      const command = ['start', '--services', service]
      children.push(new Child({ name, command, environment: small(own), onLine: prefixed(name, children.length) }))
    }
  }
  const gateways = children.filter(({ name }) => name.startsWith('gateway.'))
  const others = children.filter((child) => !gateways.includes(child))
  // Closed in reverse order: the gateways stop first, so that no request comes in while the services finish.
  closing.add(() => Promise.all(others.map((child) => child.stop())))
  closing.add(() => Promise.all(gateways.map((child) => child.stop())))
  await Promise.all(children.map((child) => child.start()))
  return { ...surroundings, children }
}

/** Writes a child's lines with its name before them, on a terminal in a colour of its own. */
function prefixed(name: string, index: number): (line: string) => void {
  const label = `${name.padEnd(12)} |`
  const colour = COLOURS[index % COLOURS.length]
  const prefix = process.stdout.isTTY ? `\u001b[${colour}m${label}\u001b[0m` : label
  return (line) => process.stdout.write(`${prefix} ${line}\n`)
}

async function certificatesIn(folder: string) {
  const { makeCertificates } = await import('./certs.ts')
  return makeCertificates({ folder })
}
