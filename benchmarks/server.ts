import { freePort } from '@doran/kernel/testing'
import { run } from '../apps/server/demo/process.ts'

export interface Server {
  readonly url: string
  readonly pid: number
  /** Milliseconds until it was ready. */
  readonly took: number
  /** Port of its inspector, if one was requested. */
  readonly inspector?: number | undefined
  stop(): Promise<void>
}

/** No rate limits: the work is measured. */
export const UNLIMITED = {
  LOG_LEVEL: 'warn',
  RATE_LIMIT_PER_IP: '100000000',
  AUTH_PASSWORD_RATE: '1000000',
  RATE_LIMIT_FILES_PER_IP: '100000000',
  RATE_LIMITS_PER_NETWORK: 'order.createCart=100000000',
  RATE_LIMIT_PER_ACCOUNT: '100000000',
  COMMENTS_PER_HOUR: '100000000',
  ARTICLES_PER_HOUR: '100000000',
  // Tokens last longer than a part of the run.
  AUTH_ACCESS_TOKEN_SECONDS: '86400',
}

/** Returns a port for an inspector and the setting that opens it. */
export async function inspectable(): Promise<{ inspector: number; NODE_OPTIONS: string }> {
  const inspector = await freePort()
  return { inspector, NODE_OPTIONS: `--inspect=127.0.0.1:${inspector}` }
}

/** Starts a Doran with everything, or a payment sandbox, on the core `core`; on any core without it. */
export async function startServer(
  command: 'start' | 'sandbox-payment',
  environment: Record<string, string>,
  { core, inspect = false }: { core?: number; inspect?: boolean } = {},
): Promise<Server> {
  const port = String(await freePort())
  const { inspector, ...options } = inspect ? await inspectable() : {}
  const { child, stop, took } = await run(
    command === 'start' ? ['start', '--no-seed'] : [command],
    { ...UNLIMITED, ...options, ...(command === 'start' ? { PORT: port } : { SANDBOX_PORT: port }), ...environment },
    core,
  )
  return { url: `http://127.0.0.1:${port}`, pid: child.pid as number, took, inspector, stop }
}
