/** A temporary fleet for demonstrations; its data is removed afterwards. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@doran/kernel/testing'
import type { Child } from '../children.ts'
import { startFleet } from '../commands/split.ts'
import { Closing } from '../lifecycle.ts'
import { serviceNames } from '../loaders.ts'

export interface RunningFleet {
  readonly baseUrl: string
  readonly sandboxUrl: string
  readonly databaseUrl: string
  readonly children: readonly Child[]
}

/** Runs a fleet while `work` lasts: two processes each for orders and payments, one for each other service. */
export async function withFleet(work: (fleet: RunningFleet) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'doran-demo-'))
  const [port, sandboxPort] = [await freePort(), await freePort()]
  Object.assign(process.env, {
    PORT: String(port),
    SANDBOX_PORT: String(sandboxPort),
    DORAN_DATA: folder,
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn',
  })
  const two = new Set(['order', 'payment'])
  const instances = new Map(serviceNames.map((name) => [name, two.has(name) ? 2 : 1]))
  const closing = new Closing()
  try {
    const { children, databaseUrl, environment } = await startFleet({ seeded: true, instances, tls: false }, closing)
    await work({
      baseUrl: `http://127.0.0.1:${port}`,
      sandboxUrl: environment.PAYMENT_SANDBOX_URL as string,
      databaseUrl: databaseUrl ?? (environment.DATABASE_URL as string),
      children,
    })
  } finally {
    await closing.close()
    await rm(folder, { recursive: true })
  }
}
