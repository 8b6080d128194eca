import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@doran/embedded-postgres'
import { databaseUrlOf } from '@doran/kernel/platform'
import pg from 'pg'
import type { Logger } from 'pino'
import { UserError } from './errors.ts'
import { serviceNames } from './loaders.ts'

// Held while a Doran runs on the embedded database; PostgreSQL releases it when its holder dies.
const OWNER_LOCK = 7_238_003
/** Delay before a server that failed to start is started once more. */
const RETRY_MS = 1_000

export interface EmbeddedDatabase {
  readonly url: string
  /** Stops the server if this process owns it. */
  close(): Promise<void>
}

/** Whether one of the services has no database of its own in the environment, so that it needs the embedded one. */
export function needsEmbedded(environment: NodeJS.ProcessEnv, names: readonly string[] = serviceNames): boolean {
  return names.some((name) => !databaseUrlOf(name, environment))
}

/**
 * Opens the embedded database for the one process that runs Doran on it; a second process is refused. If the server
 * ends, because its disk is full or somebody killed it, it is restarted until that succeeds.
 */
export async function ownEmbedded(dataFolder: string, log: Logger): Promise<EmbeddedDatabase> {
  let owned = await own(dataFolder)
  let closed = false
  watch()

  /** The connection that holds the lock ends together with the server. */
  function watch(): void {
    owned.client.once('end', () => void restore())
  }

  async function restore(): Promise<void> {
    if (closed) return
    log.error(`the embedded PostgreSQL has ended; its last words are in ${join(dataFolder, 'postgres/server.log')}`)
    for (let logged = false; ; await pause(RETRY_MS)) {
      try {
        owned = await own(dataFolder)
        if (closed) return await leave()
        log.info('the embedded PostgreSQL runs again')
        return watch()
      } catch (err) {
        if (closed) return
        if (!logged) log.error({ err }, 'the embedded PostgreSQL does not start; trying again each second')
        logged = true
      }
    }
  }

  async function leave(): Promise<void> {
    closed = true
    await owned.client.end()
    await owned.postgres.stop()
  }

  return { url: owned.postgres.url(), close: leave }
}

/** Starts the server, or finds it running, and takes the lock of the process that runs Doran on it. */
async function own(dataFolder: string): Promise<{ postgres: EmbeddedPostgres; client: pg.Client }> {
  const postgres = await startEmbeddedPostgres({ folder: join(dataFolder, 'postgres') })
  const client = new pg.Client({
    connectionString: postgres.url(),
    application_name: `doran start (process ${process.pid})`,
  })
  client.on('error', () => {})
  await client.connect()
  const { rows } = await client.query('select pg_try_advisory_lock($1) as owned', [OWNER_LOCK])
  if (rows[0].owned) return { postgres, client }
  const owner = await ownerOf(client)
  await client.end()
  throw new UserError(
    `Doran is already running on ${dataFolder}${owner}. Stop it first, or give this one a folder of its own with ` +
      'DORAN_DATA and ports of its own with PORT and SANDBOX_PORT.',
  )
}

async function ownerOf(client: pg.Client): Promise<string> {
  const { rows } = await client.query(
    `select application_name as name from pg_stat_activity where pid in
       (select pid from pg_locks where locktype = 'advisory' and objid = $1 and granted)`,
    [OWNER_LOCK],
  )
  const name = rows[0]?.name as string | undefined
  return name ? ` (${name.replace(/^doran start \((.*)\)$/, '$1')})` : ''
}

/**
 * Opens the embedded database for a command, whether Doran is running or not. Stops the server only if this call
 * started it.
 */
export async function borrowEmbedded(dataFolder: string): Promise<EmbeddedDatabase> {
  const postgres: EmbeddedPostgres = await startEmbeddedPostgres({ folder: join(dataFolder, 'postgres') })
  return { url: postgres.url(), close: async () => void (postgres.adopted || (await postgres.stop())) }
}
