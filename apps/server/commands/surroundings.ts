/** Starts what Doran needs beside it when it runs as a whole: its database, the payment sandbox, its data. */
import { createLog, type Platform } from '@doran/kernel/platform'
import { ensureAdministrator } from '../administrator.ts'
import { Child } from '../children.ts'
import { readSettings } from '../config.ts'
import { needsEmbedded, ownEmbedded } from '../database.ts'
import { host } from '../host.ts'
import { type Closing, claimPort, localUrl } from '../lifecycle.ts'
import { loadServices, serviceNames } from '../loaders.ts'
import { hasPages } from '../pages.ts'
import { assertOwnSecrets, makeSandboxSecret } from '../secrets.ts'
import { small } from '../small.ts'

export interface Surroundings {
  /** The environment, completed with the addresses of everything that was started. */
  readonly environment: NodeJS.ProcessEnv
  readonly databaseUrl: string | undefined
}

/** Claims the port, and starts the database and the payment sandbox unless the environment names them. */
export async function openSurroundings(closing: Closing): Promise<Surroundings> {
  const services = await loadServices()
  const { kernel, server } = readSettings(process.env, services)
  assertOwnSecrets(process.env, services, { host: kernel.HOST, ownSandbox: !process.env.PAYMENT_SANDBOX_URL })
  const port = await claimPort(kernel.PORT, kernel.HOST)
  const environment: NodeJS.ProcessEnv = { ...process.env, PORT: String(port) }
  let databaseUrl: string | undefined
  if (needsEmbedded(process.env)) {
    const embedded = await ownEmbedded(kernel.DORAN_DATA, createLog(kernel.LOG_LEVEL))
    closing.add(embedded.close)
    databaseUrl = embedded.url
  }
  if (!environment.PAYMENT_SANDBOX_URL) {
    environment.PAYMENT_SANDBOX_SECRET ||= makeSandboxSecret(kernel.DORAN_DATA)
    // In production another company's server takes the sandbox's place, so the sandbox is a process of its own.
    const sandbox = new Child({
      name: 'sandbox',
      command: ['sandbox-payment'],
      environment: small({ ...environment, SANDBOX_PORT: String(server.SANDBOX_PORT) }),
    })
    environment.PAYMENT_SANDBOX_URL = await sandbox.start()
    closing.add(() => sandbox.stop())
  }
  environment.PAYMENT_WEBHOOK_URL ??= `${localUrl(kernel.HOST, port)}/api/payments/webhooks/sandbox`
  return { environment, databaseUrl }
}

/** Migrates and fills the databases before other processes use them. */
export async function prepare(surroundings: Surroundings, seeded: boolean): Promise<void> {
  const { server, kernel } = readSettings(process.env, await loadServices())
  const platform = await host({ names: serviceNames, ...surroundings })
  try {
    await ensureAdministrator(platform, server)
    if (seeded) await seed(platform, createLog(kernel.LOG_LEVEL))
  } finally {
    await platform.close()
  }
}

/** Loads the built-in catalogue. Its loader is imported here, so that processes that do not seed do not load it. */
export async function seed(platform: Platform, log: Platform['log']): Promise<void> {
  const { seed } = await import('../seed/seed.ts')
  await seed(platform, log)
}

/** Prints the addresses of everything. */
export function announce(url: string, sandboxUrl: string, milliseconds: number): void {
  console.log(`
  Doran is ready after ${(milliseconds / 1000).toFixed(1)} s.

    ${hasPages() ? `Shop                ${url}` : 'Shop                not built yet: npm run build, and start again'}
    API                 ${url}/docs
    Payment sandbox     ${sandboxUrl}

  Ctrl-C stops it. Your data stays in the data folder.
`)
}
