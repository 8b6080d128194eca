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
  /** Processes of each service. */
  readonly instances: ReadonlyMap<string, number>
  /** Mutual TLS between them. */
  readonly tls: boolean
}

/** Connections of each process, so that a dozen fit into one PostgreSQL. */
const POOL_SIZE = '10'
const COLOURS = [36, 33, 32, 35, 34, 96, 93, 92, 95, 94]

/** `doran start --split`: each service in processes of its own on this machine, watched by this one. */
export async function split(options: SplitOptions): Promise<void> {
  const begun = performance.now()
  const { kernel } = readSettings(process.env, await loadServices())
  const log = createLog(kernel.LOG_LEVEL)
  const closing = new Closing()
  const interrupted = closeOnSignal(closing, log)
  try {
    const { children, environment } = await startFleet(options, closing)
    for (const child of children) {
      child.keep((how, again) => log.warn(`${child.name} ${how}; starting it again in ${again} ms`))
    }
    const url = localUrl(kernel.HOST, Number(environment.PORT))
    announce(url, environment.PAYMENT_SANDBOX_URL as string, performance.now() - begun)
    reportReady({ url }, interrupted)
  } catch (error) {
    await closing.close()
    throw error
  }
}

/** Starts what is needed beside Doran, prepares the databases, and runs each service in processes of its own. */
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
      const isDoor = service === 'gateway'
      const files = certificates?.of(service)
      const own: NodeJS.ProcessEnv = {
        ...shared,
        DORAN_INSTANCE: name,
        HOST: isDoor ? kernel.HOST : '127.0.0.1',
        // The first gateway has the port that was asked for; whoever starts more puts something before them.
        PORT: isDoor && number === 1 ? environment.PORT : '0',
        METRICS_PORT: isDoor && number === 1 ? environment.METRICS_PORT : undefined,
        ...(certificates && { DORAN_TLS_CA: certificates.ca, DORAN_TLS_CERT: files?.cert, DORAN_TLS_KEY: files?.key }),
      }
      const command = ['start', '--services', service]
      children.push(new Child({ name, command, environment: small(own), onLine: prefixed(name, children.length) }))
    }
  }
  const doors = children.filter(({ name }) => name.startsWith('gateway.'))
  const others = children.filter((child) => !doors.includes(child))
  // Closed in the opposite order: first no one comes in any more, then the services finish.
  closing.add(() => Promise.all(others.map((child) => child.stop())))
  closing.add(() => Promise.all(doors.map((child) => child.stop())))
  await Promise.all(children.map((child) => child.start()))
  return { ...surroundings, children }
}

/** Writes a child's lines with its name before them, in a colour of its own where colours can be seen. */
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
