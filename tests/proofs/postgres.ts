/** A PostgreSQL of the proof's own that can end as in a power cut, and run out of disk space. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { APP_ROLE, type EmbeddedPostgres, startEmbeddedPostgres } from '@doran/embedded-postgres'
import pg from 'pg'

/** Segments of its log, some of which it keeps empty. */
const MAX_SEGMENTS = 200

export class Postgres {
  readonly socket: string
  readonly url: (database: string) => string
  readonly #adminUrl: string
  readonly #folder: string

  private constructor(folder: string, { url, adminUrl }: EmbeddedPostgres) {
    this.#folder = folder
    this.url = url
    this.#adminUrl = adminUrl()
    this.socket = new URL(url().replace('@/', '@localhost/')).searchParams.get('host') as string
  }

  static async start(folder: string): Promise<Postgres> {
    return new Postgres(folder, await startEmbeddedPostgres({ folder, settings: { max_connections: '400' } }))
  }

  async create(database: string): Promise<void> {
    const client = new pg.Client({ connectionString: this.#adminUrl })
    await client.connect()
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [database])
    if (rowCount === 0) await client.query(`create database ${database} owner ${APP_ROLE}`)
    await client.end()
  }

  async crash(): Promise<void> {
    await this.#end('SIGQUIT')
  }

  async start(): Promise<void> {
    await startEmbeddedPostgres({ folder: this.#folder, settings: { max_connections: '400' } })
  }

  /** Writes into PostgreSQL's log until that needs space. PostgreSQL ends if there is none. */
  async useUpLog(): Promise<void> {
    for (let segments = 0; segments < MAX_SEGMENTS; segments++) {
      if (!(await this.#run("select pg_logical_emit_message(false, 'proof', 'x'), pg_switch_wal()"))) return
    }
    throw new Error("PostgreSQL's log found room although the disk is full")
  }

  async stop(): Promise<void> {
    await this.#end('SIGINT')
  }

  /** Waits until PostgreSQL answers; starts it if it has ended. */
  async revive(): Promise<void> {
    for (const giveUp = Date.now() + 60_000; Date.now() < giveUp; await pause(50)) {
      if (!isAlive(this.#pid())) return this.start()
      if (await this.#run('select 1')) return
    }
    throw new Error('PostgreSQL neither ended nor answered within a minute')
  }

  async #end(signal: 'SIGQUIT' | 'SIGINT'): Promise<void> {
    const pid = this.#pid()
    if (!isAlive(pid)) return
    process.kill(pid, signal)
    for (const giveUp = Date.now() + 20_000; Date.now() < giveUp; await pause(20)) {
      if (!isAlive(pid)) return
    }
    throw new Error(`PostgreSQL (process ${pid}) did not end by ${signal}`)
  }

  /** Returns whether the statement succeeded. */
  async #run(statement: string): Promise<boolean> {
    const client = new pg.Client({ connectionString: this.#adminUrl })
    client.on('error', () => {})
    try {
      await client.connect()
      await client.query(statement)
      return true
    } catch {
      return false
    } finally {
      await client.end().catch(() => {})
    }
  }

  /** Returns 0 if there is no process. */
  #pid(): number {
    const file = join(this.#folder, 'postmaster.pid')
    return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : 0
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return pid !== 0
  } catch {
    return false
  }
}
