import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { sqlState, withoutValues } from './trouble.ts'

export interface MigrationSource {
  /** Service that owns the migrations, and the name of its schema. */
  readonly service: string
  /** Folder of `NNNN-title.sql` files. */
  readonly folder: URL
}

export interface Migration {
  readonly service: string
  readonly name: string
  readonly text: string
  readonly checksum: string
}

/** The file of a migration has changed after the migration was applied. */
export class MigrationChangedError extends Error {
  override readonly name = 'MigrationChangedError'
}

// Key of an advisory lock, an arbitrary number. Its holder is the only process that migrates this database.
const MIGRATION_LOCK = 7_238_001

// Set on the role, so that all connections, psql included, have the same planner and timeouts. The queries of this code
// base are prepared statements whose best plan does not depend on their values. The timeouts keep a stopped process
// from holding row locks for longer than a task's lease.
const ROLE_SETTINGS = {
  plan_cache_mode: 'force_generic_plan',
  jit: 'off',
  random_page_cost: '1.1',
  statement_timeout: '30s',
  lock_timeout: '10s',
  idle_in_transaction_session_timeout: '5s',
  timezone: 'UTC',
} as const

// A statement that waits for a table lock blocks every later statement on that table. So a migration gives up its wait
// after LOCK_WAIT_MS and tries again, for LONGEST_WAIT_MS in all: longer than any statement or idle transaction of this
// code base may take.
const LOCK_WAIT_MS = 500
const LONGEST_WAIT_MS = 60_000
const LOCK_NOT_AVAILABLE = '55P03'

/** First line of a migration that runs statement by statement, which `create index concurrently` requires. */
const NO_TRANSACTION_MARKER = '-- Outside a transaction'

/** The migrations of all sources in the order in which they are applied. */
export async function readMigrations(sources: readonly MigrationSource[]): Promise<Migration[]> {
  const migrations: Migration[] = []
  for (const { service, folder } of sources) {
    const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
    for (const name of names) {
      const text = await readFile(new URL(name, folder), 'utf8')
      migrations.push({ service, name, text, checksum: createHash('sha256').update(text).digest('hex') })
    }
  }
  return migrations
}

/**
 * Brings the database at `url` up to date and returns the names of the applied migrations. Several processes may call
 * it at once: one migrates, and the others wait and then find nothing to do. For a locked table it waits
 * `longestWaitMs` in all, in short waits between which requests proceed. Throws {@link MigrationChangedError}, or an
 * error with the migration's name when one fails.
 */
export async function migrate(
  url: string,
  sources: readonly MigrationSource[],
  { longestWaitMs = LONGEST_WAIT_MS } = {},
): Promise<string[]> {
  const migrations = await readMigrations(sources)
  const client = new pg.Client({ connectionString: url, application_name: 'doran migrate' })
  await client.connect()
  try {
    await client.query('set lock_timeout = 0; set statement_timeout = 0')
    // Polls: `create index concurrently` waits for all running statements, also for one that waits for this lock.
    while (!(await client.query('select pg_try_advisory_lock($1) as mine', [MIGRATION_LOCK])).rows[0].mine)
      await pause(20)
    await prepare(client, [...new Set(sources.map(({ service }) => service))])
    return await apply(client, migrations, longestWaitMs)
  } finally {
    await client.end()
  }
}

async function prepare(client: pg.Client, services: string[]): Promise<void> {
  for (const schema of new Set(['doran', ...services])) {
    await client.query(`create schema if not exists ${client.escapeIdentifier(schema)}`)
  }
  await client.query(`
    create table if not exists doran.migrations (
      service    text not null,
      name       text not null,
      checksum   text not null,
      applied_at timestamptz not null default now(),
      primary key (service, name)
    )`)
  const database = client.escapeIdentifier(client.database ?? '')
  for (const [setting, value] of Object.entries(ROLE_SETTINGS)) {
    await client.query(`alter role current_user in database ${database} set ${setting} = '${value}'`)
  }
}

async function apply(client: pg.Client, migrations: Migration[], longestWaitMs: number): Promise<string[]> {
  const { rows } = await client.query('select service, name, checksum from doran.migrations')
  const applied = new Map(rows.map((row) => [`${row.service}/${row.name}`, row.checksum]))
  const done: string[] = []
  for (const migration of migrations) {
    const id = `${migration.service}/${migration.name}`
    const checksum = applied.get(id)
    if (checksum === migration.checksum) continue
    if (checksum) {
      throw new MigrationChangedError(
        `The migration ${id} was changed after it had been applied to this database. Put the file back as it ` +
          'was and write a new migration for the change.',
      )
    }
    await applyOne(client, migration, longestWaitMs)
    done.push(id)
  }
  return done
}

async function applyOne(client: pg.Client, migration: Migration, longestWaitMs: number): Promise<void> {
  const { service, name, text } = migration
  for (const begun = performance.now(); ; await pause(LOCK_WAIT_MS)) {
    try {
      return text.startsWith(NO_TRANSACTION_MARKER)
        ? await runWithoutTransaction(client, migration)
        : await runInTransaction(client, migration)
    } catch (cause) {
      await client.query('rollback')
      const held = sqlState(cause) === LOCK_NOT_AVAILABLE
      if (held && performance.now() - begun < longestWaitMs) continue
      const why = held
        ? 'others held what it changes for too long; it can be tried again'
        : (withoutValues(cause) as Error).message
      throw new Error(`The migration ${service}/${name} failed: ${why}`, { cause })
    }
  }
}

async function runInTransaction(client: pg.Client, migration: Migration): Promise<void> {
  await client.query(`begin; set local lock_timeout = ${LOCK_WAIT_MS}`)
  await client.query(migration.text)
  await record(client, migration)
  await client.query('commit')
}

/** A migration that breaks off starts again from its first statement, so each statement must be repeatable. */
async function runWithoutTransaction(client: pg.Client, migration: Migration): Promise<void> {
  for (const statement of migration.text.split(/;\s*\n/)) await client.query(statement)
  await record(client, migration)
}

async function record(client: pg.Client, { service, name, checksum }: Migration): Promise<void> {
  const values = [service, name, checksum]
  await client.query('insert into doran.migrations (service, name, checksum) values ($1, $2, $3)', values)
}
