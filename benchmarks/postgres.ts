/**
 * The PostgreSQL of a run: one server with a database for each set of data, which counts the statements that it runs.
 */
import { readFileSync } from 'node:fs'
import { realpath, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { APP_ROLE, startEmbeddedPostgres } from '@doran/embedded-postgres'
import pg from 'pg'

export interface MeasuredPostgres {
  /** Process id of the postmaster. */
  readonly pid: number
  readonly version: string
  /** Path of its log file. */
  readonly log: string
  url(database: string): string
  /** Creates a database, as a copy of another one if that is named. */
  create(database: string, from?: string): Promise<void>
  /** Runs statements in a database without time limits. Returns the rows of the last one. */
  run<Row extends object>(database: string, text: string): Promise<Row[]>
  /**
   * Does what autovacuum does with new data in time. Leaves out empty tables, as autovacuum does: PostgreSQL assumes
   * that a table which was empty when analysed stays empty, and would scan it completely for each row.
   */
  analyze(database: string): Promise<void>
  /** Returns the number of statements so far, including `begin` and `commit`. */
  statementsRun(): Promise<number>
  stop(): Promise<void>
}

/** Starts the server with the defaults of `doran start`; the two libraries only observe. */
export async function startPostgres(folder: string): Promise<MeasuredPostgres> {
  const data = join(folder, 'postgres')
  const postgres = await startEmbeddedPostgres({
    folder: data,
    temporary: true,
    settings: {
      shared_preload_libraries: 'pg_stat_statements,auto_explain',
      // A million rows are loaded, so there are fewer checkpoints, as anyone with that many rows sets it.
      max_wal_size: '8GB',
    },
  })
  const watcher = new pg.Client({ connectionString: postgres.adminUrl() })
  await watcher.connect()
  await watcher.query('create extension if not exists pg_stat_statements')
  const { rows } = await watcher.query<{ version: string }>(`select current_setting('server_version') as version`)

  async function run<Row extends object>(database: string, text: string): Promise<Row[]> {
    const client = new pg.Client({ connectionString: postgres.adminUrl(database) })
    await client.connect()
    try {
      await client.query('set statement_timeout = 0; set lock_timeout = 0')
      const results = (await client.query<Row>(text)) as pg.QueryResult<Row> | pg.QueryResult<Row>[]
      return (Array.isArray(results) ? results.at(-1)?.rows : results.rows) ?? []
    } finally {
      await client.end()
    }
  }

  return {
    pid: Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]),
    version: rows[0]?.version ?? '',
    log: join(data, 'server.log'),
    url: (database) => postgres.url(database),
    run,
    async create(database, from = 'template1') {
      await watcher.query(`create database "${database}" template "${from}" strategy file_copy owner ${APP_ROLE}`)
    },
    async analyze(database) {
      const filled = await run<{ name: string }>(
        database,
        `select oid::regclass::text as name from pg_class
         where relkind = 'r' and pg_relation_size(oid) > 0 and relnamespace::regnamespace::text not like 'pg\\_%'`,
      )
      await run(database, `vacuum analyze ${filled.map(({ name }) => name).join(', ')}`)
    },
    async statementsRun() {
      const { rows } = await watcher.query<{ calls: string }>(`
        select coalesce(sum(calls), 0) as calls from pg_stat_statements
        where dbid <> (select oid from pg_database where datname = current_database())`)
      return Number(rows[0]?.calls)
    },
    async stop() {
      await watcher.end()
      await postgres.stop()
      // The data's real place, which is elsewhere if the temporary folder is closed to PostgreSQL's account.
      await rm(await realpath(data), { recursive: true })
    },
  }
}
