/** What Doran needs around it when it is started as a whole: its database, the payment sandbox, its data. */
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
  /** The environment with everything that was started filled in. */
  readonly environment: NodeJS.ProcessEnv
  readonly databaseUrl: string | undefined
}

/** Claims the port and starts what is needed beside Doran: its database and the payment sandbox. */
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
    // The sandbox is another company's server in real life, so it is another process here.
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

/** Brings databases up to date and fills them, before others run on them. */
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

/** Loads the built-in catalogue, whose loader no process needs that goes without. */
export async function seed(platform: Platform, log: Platform['log']): Promise<void> {
  const { seed } = await import('../seed/seed.ts')
  await seed(platform, log)
}

/** Tells whoever started it where everything is. */
export function announce(url: string, sandboxUrl: string, milliseconds: number): void {
  console.log(`
  Doran is ready after ${(milliseconds / 1000).toFixed(1)} s.

    ${hasPages() ? `Shop                ${url}` : 'Shop                not built yet: npm run build, and start again'}
    API                 ${url}/docs
    Payment sandbox     ${sandboxUrl}

  Ctrl-C stops it. Your data stays in the data folder.
`)
}
