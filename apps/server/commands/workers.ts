import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { createLog } from '@doran/kernel/platform'
import { readSettings } from '../config.ts'
import { Closing, closeOnSignal, localUrl } from '../lifecycle.ts'
import { loadServices } from '../loaders.ts'
import { announce, openSurroundings, prepare } from './surroundings.ts'

const RESTART_DELAY_MS = 500

/** `doran start --workers n`: runs everything n times behind one port, to use all cores of a machine. */
export async function workers(count: number, seeded: boolean): Promise<void> {
  const begun = performance.now()
  const { kernel } = readSettings(process.env, await loadServices())
  const log = createLog(kernel.LOG_LEVEL)
  const closing = new Closing()
  closeOnSignal(closing, log)
  try {
    const surroundings = await openSurroundings(closing)
    await prepare(surroundings, seeded)
    const { environment, databaseUrl } = surroundings
    cluster.setupPrimary({ exec: fileURLToPath(new URL('../doran.ts', import.meta.url)), args: ['start-worker'] })
    const running = new Set<Worker>()
    let stopping = false
    closing.add(async () => {
      stopping = true
      await Promise.all([...running].map((worker) => stop(worker)))
    })
    const run = async () => {
      const worker = cluster.fork({ ...environment, ...(databaseUrl && { DATABASE_URL: databaseUrl }) })
      running.add(worker)
      worker.once('exit', (code, signal) => {
        running.delete(worker)
        if (stopping) return
        log.warn(`a worker ended (${signal ?? code}); starting it again in ${RESTART_DELAY_MS} ms`)
        setTimeout(() => stopping || void run(), RESTART_DELAY_MS)
      })
      await Promise.race([once(worker, 'message'), once(worker, 'exit')])
    }
    await Promise.all(Array.from({ length: count }, run))
    announce(
      localUrl(kernel.HOST, Number(environment.PORT)),
      environment.PAYMENT_SANDBOX_URL as string,
      performance.now() - begun,
    )
  } catch (error) {
    await closing.close()
    throw error
  }
}

async function stop(worker: Worker): Promise<void> {
  const exited = once(worker, 'exit')
  worker.process.kill('SIGTERM')
  await exited
}
