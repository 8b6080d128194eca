/** What all serving processes share, whatever they serve: the port, signals and shutdown. */
import { createServer } from 'node:net'
import type { Logger } from 'pino'
import { UserError } from './errors.ts'

/** Runs closing steps in reverse order of their addition. */
export class Closing {
  readonly #steps: (() => Promise<unknown> | unknown)[] = []

  add(step: () => Promise<unknown> | unknown): void {
    this.#steps.push(step)
  }

  close = async (): Promise<void> => {
    while (this.#steps.length > 0) await this.#steps.pop()?.()
  }
}

/**
 * Closes in order on the first signal, and exits at once on a second one. Returns a function that closes in the same
 * way.
 */
export function closeOnSignal({ close }: Closing, log: Logger): () => void {
  let stopping = false
  const stop = async (signal: string) => {
    if (stopping) process.exit(1)
    stopping = true
    log.info({ signal }, 'stopping')
    try {
      await close()
      process.exit(0)
    } catch (error) {
      log.fatal({ err: error }, 'could not stop in order')
      process.exit(1)
    }
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  return () => void stop('the parent is gone')
}

/**
 * Returns the port, or a free one for 0. Throws at once if the port is taken, and says whether another Doran has it.
 */
export async function claimPort(port: number, host: string): Promise<number> {
  const probe = createServer()
  const free = await new Promise<number | undefined>((resolve, reject) => {
    probe.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') return resolve(undefined)
      reject(
        new UserError(`Doran cannot listen on ${host}:${port} (${error.code}); set HOST and PORT to what it may use.`),
      )
    })
    probe.listen(port, host, () => {
      const { port: given } = probe.address() as { port: number }
      probe.close(() => resolve(given))
    })
  })
  if (free !== undefined) return free
  const address = `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`
  const isDoran = await fetch(`${address}/health/live`, { signal: AbortSignal.timeout(1_000) })
    .then(async (answer) => ((await answer.json()) as { status?: string }).status === 'live')
    .catch(() => false)
  throw new UserError(
    isDoran
      ? `Doran is already running at ${address}. Stop it first, or start this one with another PORT and another DORAN_DATA.`
      : `Port ${port} is taken by another program. Stop that, or choose another port: PORT=${port + 80} npm start`,
  )
}

/** Returns an address to show to people and to use on this machine. */
export function localUrl(host: string, port: number): string {
  return `http://${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host}:${port}`
}
