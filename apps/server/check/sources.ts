import { databaseUrlOf, Pool, readConfig, secretsIn } from '@doran/kernel/platform'
import payment from '@doran/payment'
import { readSettings } from '../config.ts'
import { findSandboxSecret } from '../secrets.ts'
import { services } from '../services.ts'

/** What the checker reads. */
export interface Sources {
  /** The database of each service, by the service's name. */
  readonly databases: Readonly<Record<string, string>>
  /** The payment sandbox, which keeps a ledger of its own; undefined if payments use another provider. */
  readonly provider: { readonly url: string; readonly secret: string } | undefined
}

/**
 * Returns the sources that the environment of a running Doran names. `databaseUrl` serves the services for which it
 * names no database.
 */
export function sourcesOf(environment: NodeJS.ProcessEnv, databaseUrl?: string): Sources {
  const { server, kernel } = readSettings(environment, services)
  const [settings] = readConfig([payment.config as never], environment) as unknown as [Record<string, string>]
  const given = environment.PAYMENT_SANDBOX_SECRET || environment.PAYMENT_SANDBOX_URL
  const secret =
    (given ? undefined : findSandboxSecret(kernel.DORAN_DATA)) ?? (settings.PAYMENT_SANDBOX_SECRET as string)
  const url = environment.PAYMENT_SANDBOX_URL || `http://127.0.0.1:${server.SANDBOX_PORT}`
  return {
    databases: Object.fromEntries(
      services.map(({ contract: { name } }) => [name, databaseUrlOf(name, environment) ?? (databaseUrl as string)]),
    ),
    provider: { url, secret: secretsIn(secret)[0] },
  }
}

// Sessions are read-only. No statement runs for long, uses several cores, or waits long behind a migration. Each batch
// is planned for its own size.
const SESSION =
  '-c default_transaction_read_only=on -c statement_timeout=30000 -c lock_timeout=5000 -c plan_cache_mode=force_custom_plan -c jit=off -c max_parallel_workers_per_gather=0'

/** Opens a connection that cannot change the database. */
export function openReadOnly(url: string): Pool {
  // Edits the text, because the URL class refuses the address of a Unix socket.
  const [address, query = ''] = url.split('?', 2)
  const settings = new URLSearchParams(query)
  settings.set('options', `${settings.get('options') ?? ''} ${SESSION}`.trim())
  return new Pool(`${address}?${String(settings).replaceAll('+', '%20')}`, 1)
}
