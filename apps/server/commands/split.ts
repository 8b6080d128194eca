import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { createLog } from '@doran/kernel/platform'
import { Child } from '../children.ts'
import { readSettings } from '../config.ts'
import { Closing, closeOnSignal, localUrl } from '../lifecycle.ts'
import { makeCertificates } from './certs.ts'
import { announce, openSurroundings, prepare } from './start.ts'

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
export async function split({ seeded, instances, tls }: SplitOptions): Promise<void> {
  const begun = performance.now()
  const { kernel } = readSettings(process.env)
  const log = createLog(kernel.LOG_LEVEL)
  const closing = new Closing()
  const interrupted = closeOnSignal(closing, log)
  try {
    const { environment, databaseUrl } = await openSurroundings(closing)
    await prepare({ environment, databaseUrl }, seeded)
    const shared: NodeJS.ProcessEnv = {
      DATABASE_POOL_SIZE: POOL_SIZE,
      DORAN_SERVICE_SECRET: randomBytes(32).toString('hex'),
      ...environment,
      ...(databaseUrl && { DATABASE_URL: databaseUrl }),
    }
    const certificates = tls ? await makeCertificates({ folder: join(kernel.DORAN_DATA, 'certificates') }) : undefined

    const children: Child[] = []
    for (const [service, count] of instances) {
      for (let number = 1; number <= count; number++) {
        const name = `${service}.${number}`
        const files = certificates?.of(service)
        children.push(
          new Child({
            name,
            command: ['start', '--services', service],
            environment: {
              ...shared,
              DORAN_INSTANCE: name,
              HOST: service === 'gateway' ? kernel.HOST : '127.0.0.1',
              // The first gateway has the port that was asked for; whoever starts more puts something before them.
              PORT: service === 'gateway' && number === 1 ? environment.PORT : '0',
              ...(files &&
                certificates && {
                  DORAN_TLS_CA: certificates.ca,
                  DORAN_TLS_CERT: files.cert,
                  DORAN_TLS_KEY: files.key,
                }),
            },
            onLine: prefixed(name, children.length),
          }),
        )
      }
    }
    const gateways = children.filter(({ name }) => name.startsWith('gateway.'))
    const others = children.filter((child) => !gateways.includes(child))
    // Stopped in the opposite order: first no one comes in any more, then the services finish.
    closing.add(() => Promise.all(others.map((child) => child.stop())))
    closing.add(() => Promise.all(gateways.map((child) => child.stop())))
    await Promise.all(children.map((child) => child.start()))
    for (const child of children) {
      child.keep((how, again) => log.warn(`${child.name} ${how}; starting it again in ${again} ms`))
    }
    announce(
      localUrl(kernel.HOST, Number(environment.PORT)),
      environment.PAYMENT_SANDBOX_URL as string,
      performance.now() - begun,
    )
    if (process.send) {
      process.on('disconnect', interrupted)
      process.send({ url: localUrl(kernel.HOST, Number(environment.PORT)) })
    }
  } catch (error) {
    await closing.close()
    throw error
  }
}

/** Writes a child's lines with its name before them, in a colour of its own where colours can be seen. */
function prefixed(name: string, index: number): (line: string) => void {
  const label = `${name.padEnd(12)} |`
  const colour = COLOURS[index % COLOURS.length]
  const prefix = process.stdout.isTTY ? `\u001b[${colour}m${label}\u001b[0m` : label
  return (line) => process.stdout.write(`${prefix} ${line}\n`)
}
