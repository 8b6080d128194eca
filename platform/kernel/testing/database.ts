import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { APP_ROLE, type EmbeddedPostgres, startEmbeddedPostgres } from '@doran/embedded-postgres'
import pg from 'pg'
import { migrate, readMigrations } from '../database/migrate.ts'
import { migrationsOf, type Service } from '../platform.ts'
import { newId } from '../service/id.ts'
import { testFolder } from './folder.ts'

let server: Promise<EmbeddedPostgres> | undefined

/** Starts the server that all test files share. It stops with the process that started it. */
export function startTestPostgres(): Promise<EmbeddedPostgres> {
  server ??= startEmbeddedPostgres({
    folder: join(testFolder.path, 'postgres'),
    temporary: true,
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '300' },
  })
  return server
}

/** Creates an empty, migrated database for these services: a copy of a template that is built once. */
export async function createTestDatabase(
  services: readonly Service[],
): Promise<{ url: string; drop(): Promise<void> }> {
  const postgres = await startTestPostgres()
  const template = await templateFor(postgres, services)
  const name = `test_${newId().replaceAll('-', '')}`
  await command(postgres, `create database ${name} template ${template} strategy file_copy owner ${APP_ROLE}`)
  // Settings of the role apply to one database only. Nothing else is left to migrate in the copy.
  await migrate(postgres.url(name), migrationsOf(services))
  return { url: postgres.url(name), drop: () => command(postgres, `drop database if exists ${name} with (force)`) }
}

async function templateFor(postgres: EmbeddedPostgres, services: readonly Service[]): Promise<string> {
  const sources = migrationsOf(services)
  const migrations = await readMigrations(sources)
  const content = [...sources.map(({ service }) => service), ...migrations.map(({ checksum }) => checksum)]
  const template = `template_${createHash('sha256').update(content.join()).digest('hex').slice(0, 16)}`
  const client = new pg.Client({ connectionString: postgres.adminUrl() })
  await client.connect()
  try {
    // Test files start in parallel. One of them builds the template, under a lock for which the others wait.
    await client.query('select pg_advisory_lock(7238002)')
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1 and datistemplate', [
      template,
    ])
    if (rowCount === 0) {
      await client.query(`drop database if exists ${template}`)
      await client.query(`create database ${template} owner ${APP_ROLE}`)
      await migrate(postgres.url(template), sources)
      await client.query(`alter database ${template} is_template true`)
    }
  } finally {
    await client.end()
  }
  return template
}

async function command(postgres: EmbeddedPostgres, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: postgres.adminUrl() })
  await client.connect()
  await client.query(text).finally(() => client.end())
}
