import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { ensureAdministrator, ensureAdministratorInFleet } from '../administrator.ts'
import { reportReady } from '../children.ts'
import { readSettings } from '../config.ts'
import { needsEmbedded } from '../database.ts'
import { UserError } from '../errors.ts'
import { host } from '../host.ts'
import { Closing, claimPort, closeOnSignal, localUrl } from '../lifecycle.ts'
import { loadServices, serviceNames } from '../loaders.ts'
import { assertOwnSecrets } from '../secrets.ts'
import { announce, openSurroundings, seed } from './surroundings.ts'

/** `doran start`: runs everything in this process, some services of a fleet, or a fleet on this machine. */
export async function start(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      'no-seed': { type: 'boolean' },
      services: { type: 'string' },
      split: { type: 'boolean' },
      instances: { type: 'string' },
      tls: { type: 'boolean' },
      workers: { type: 'string' },
    },
  })
  const named = values.services ?? process.env.DORAN_SERVICES
  if (values.split) {
    const { split } = await import('./split.ts')
    return split({ seeded: !values['no-seed'], instances: readInstances(values.instances), tls: !!values.tls })
  }
  if (values.instances || values.tls) throw new UserError('--instances and --tls belong to --split.')
  if (values.workers) {
    const { workers } = await import('./workers.ts')
    return workers(readWorkers(values.workers), !values['no-seed'])
  }
  if (named && named !== 'all') return startServices(readNames(named))
  return startAll(!values['no-seed'])
}

/** Runs everything in one process, with its database and the payment sandbox beside it. */
async function startAll(seeded: boolean): Promise<void> {
  const begun = performance.now()
  const { kernel, server } = readSettings(process.env, await loadServices())
  const closing = new Closing()
  try {
    const surroundings = await openSurroundings(closing)
    const platform = await host({ names: serviceNames, ...surroundings })
    closing.add(platform.close)
    await ensureAdministrator(platform, server)
    if (seeded) await seed(platform, platform.log)
    const port = await platform.listen()
    const stop = closeOnSignal(closing, platform.log)
    const url = localUrl(kernel.HOST, port)
    reportReady({ url }, stop)
    announce(url, surroundings.environment.PAYMENT_SANDBOX_URL as string, performance.now() - begun)
  } catch (error) {
    await closing.close()
    throw error
  }
}

/** Runs some services, for a fleet whose other processes run elsewhere. */
async function startServices(names: string[]): Promise<void> {
  const services = await loadServices(names)
  const { kernel, server } = readSettings(process.env, services)
  assertOwnSecrets(process.env, services, { host: kernel.HOST })
  if (needsEmbedded(process.env, names)) {
    throw new UserError(
      'A part of the services needs a database that the others reach too: set DATABASE_URL. To run all of them as ' +
        'processes on this machine with the embedded database, use `doran start --split`.',
    )
  }
  await claimPort(kernel.PORT, kernel.HOST)
  const closing = new Closing()
  try {
    const platform = await host({ names, environment: process.env, databaseUrl: undefined })
    closing.add(platform.close)
    const listening = await platform.listen()
    if (names.includes('auth')) closing.add(ensureAdministratorInFleet(platform, server))
    const stop = closeOnSignal(closing, platform.log)
    const url = localUrl(kernel.HOST, listening)
    platform.log.info({ services: names, url }, 'ready')
    reportReady({ url }, stop)
  } catch (error) {
    await closing.close()
    throw error
  }
}

/** Runs everything in one of the processes of `--workers`, with the database and the sandbox of the first process. */
export async function startWorker(): Promise<void> {
  const closing = new Closing()
  const platform = await host({ names: serviceNames, environment: process.env, databaseUrl: process.env.DATABASE_URL })
  closing.add(platform.close)
  const port = await platform.listen()
  reportReady({ url: localUrl(platform.config.HOST, port) }, closeOnSignal(closing, platform.log))
}

function readNames(list: string): string[] {
  const names = list.split(',').map((name) => name.trim())
  const unknown = names.filter((name) => !serviceNames.includes(name))
  if (unknown.length > 0) {
    throw new UserError(`There is no service ${unknown.join(', ')}. The services are ${serviceNames.join(', ')}.`)
  }
  return [...new Set(names)]
}

/** Reads the number of processes of each service from text like `order=2,payment=2`. */
function readInstances(list = ''): Map<string, number> {
  const wanted = new Map(serviceNames.map((name) => [name, 1]))
  for (const entry of list.split(',').filter(Boolean)) {
    const [, name = '', count] = /^([a-z-]+)=([1-9]\d?)$/.exec(entry.trim()) ?? []
    if (!wanted.has(name)) {
      throw new UserError(
        `--instances reads ${entry} where it expects pairs like order=2,payment=2 of ${serviceNames.join(', ')}.`,
      )
    }
    wanted.set(name, Number(count))
  }
  return wanted
}

function readWorkers(text: string): number {
  const count = text === 'all' ? availableParallelism() : Number(text)
  if (Number.isInteger(count) && count >= 1 && count <= 64) return count
  throw new UserError(`--workers reads ${text} where it expects a number from 1 to 64, or all.`)
}
