import { freePort } from '@doran/kernel/testing'
import { run } from '../apps/server/demo/process.ts'

export interface Server {
  readonly url: string
  /** Milliseconds until it was ready. */
  readonly took: number
  stop(): Promise<void>
}

/** A Doran or a payment sandbox on the first core, without limits of rates. */
export async function startOnFirstCore(
  command: 'start' | 'sandbox-payment',
  environment: Record<string, string>,
): Promise<Server> {
  const port = String(await freePort())
  const { stop, took } = await run(
    command === 'start' ? ['start', '--no-seed'] : [command],
    {
      LOG_LEVEL: 'warn',
      RATE_LIMIT_PER_IP: '100000000',
      RATE_LIMIT_PER_ACCOUNT: '100000000',
      ...(command === 'start' ? { PORT: port } : { SANDBOX_PORT: port }),
      ...environment,
    },
    0,
  )
  return { url: `http://127.0.0.1:${port}`, stop, took }
}
