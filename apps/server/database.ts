import { join } from 'node:path'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@doran/embedded-postgres'
import { databaseUrlOf } from '@doran/kernel/platform'
import pg from 'pg'
import { UserError } from './errors.ts'
import { serviceNames } from './loaders.ts'

// Held for as long as a Doran runs on the embedded database; PostgreSQL lets go of it when the holder dies.
const OWNER_LOCK = 7_238_003

export interface EmbeddedDatabase {
  readonly url: string
  /** Stops the server, if this process is the one that answers for it. */
  close(): Promise<void>
}

/** Whether some of the services has no database of its own in the environment, so that the embedded one is needed. */
export function needsEmbedded(environment: NodeJS.ProcessEnv, names: readonly string[] = serviceNames): boolean {
  return names.some((name) => !databaseUrlOf(name, environment))
}

/** The embedded database for the one process that runs Doran on it. A second one is refused. */
export async function ownEmbedded(dataFolder: string): Promise<EmbeddedDatabase> {
  const postgres = await startEmbeddedPostgres({ folder: join(dataFolder, 'postgres') })
  const client = new pg.Client({
    connectionString: postgres.url(),
    application_name: `doran start (process ${process.pid})`,
  })
  client.on('error', () => {})
  await client.connect()
  const { rows } = await client.query('select pg_try_advisory_lock($1) as owned', [OWNER_LOCK])
  if (!rows[0].owned) {
    const owner = await ownerOf(client)
    await client.end()
    throw new UserError(
      `Doran is already running on ${dataFolder}${owner}. Stop it first, or give this one a folder of its own with ` +
        'DORAN_DATA and ports of its own with PORT and SANDBOX_PORT.',
    )
  }
  return {
    url: postgres.url(),
    async close() {
      await client.end()
      await postgres.stop()
    },
  }
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

/** For commands beside a running Doran, or without one: uses the embedded database as it finds it. */
export async function borrowEmbedded(dataFolder: string): Promise<EmbeddedDatabase> {
  const postgres: EmbeddedPostgres = await startEmbeddedPostgres({ folder: join(dataFolder, 'postgres') })
  return { url: postgres.url(), close: async () => void (postgres.adopted || (await postgres.stop())) }
}
