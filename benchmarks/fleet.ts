/** Services in processes of their own, as a fleet on this machine runs them. */
import { randomBytes } from 'node:crypto'
import { freePort } from '@doran/kernel/testing'
import { Child } from '../apps/server/children.ts'
import { small } from '../apps/server/small.ts'
import { inspectable, type Server, UNLIMITED } from './server.ts'
import type { Suite } from './suite.ts'

export type Fleet = ReturnType<typeof createFleet>

/**
 * Starts processes that find each other through the database. Nothing is pinned: they share the cores as in production.
 */
export function createFleet({ postgres, folder, settings }: Suite, database: string) {
  const environment = {
    ...process.env,
    ...UNLIMITED,
    DATABASE_URL: postgres.url(database),
    DORAN_DATA: folder,
    DORAN_SERVICE_SECRET: randomBytes(32).toString('hex'),
    PAYMENT_SANDBOX_URL: 'http://127.0.0.1:1',
  }
  return {
    environment,
    /** Starts one service, or everything if none is named. */
    async start(service?: string): Promise<Server> {
      const { inspector, ...options } = settings.profile ? await inspectable() : {}
      const name = service ?? 'all'
      const child = new Child({
        name,
        command: ['start', ...(service ? ['--services', service] : ['--no-seed'])],
        environment: {
          ...(service ? small(environment) : environment),
          ...options,
          PORT: String(await freePort()),
          DORAN_INSTANCE: name,
        },
        // Their output is of no interest. A failed start is reported all the same.
        onLine: () => {},
      })
      const begun = performance.now()
      const url = await child.start()
      const took = performance.now() - begun
      return { url, took, inspector, pid: child.pid as number, stop: () => child.stop() }
    },
  }
}
