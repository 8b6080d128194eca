import assert from 'node:assert/strict'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { createLog } from '@doran/kernel/platform'
import pg from 'pg'
import { type EmbeddedDatabase, ownEmbedded } from '../database.ts'

describe('the embedded database', { timeout: 60_000 }, () => {
  let folder: string
  let database: EmbeddedDatabase
  const lines: { level: string; msg: string }[] = []
  const log = createLog('info', { destination: { write: (line: string) => lines.push(JSON.parse(line)) } })
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'doran-embedded-'))
    // PostgreSQL's account needs to pass through this folder.
    await chmod(folder, 0o755)
    database = await ownEmbedded(folder, log)
  })
  after(() => rm(folder, { recursive: true }))

  const pid = async () => Number((await readFile(join(folder, 'postgres/postmaster.pid'), 'utf8')).split('\n')[0])

  async function ask(statement: string): Promise<Record<string, unknown>> {
    const client = new pg.Client({ connectionString: database.url })
    client.on('error', () => {})
    try {
      await client.connect()
      const { rows } = await client.query(statement)
      return rows[0]
    } finally {
      await client.end().catch(() => {})
    }
  }

  /** Asks until there is an answer. */
  async function answer(statement: string): Promise<Record<string, unknown>> {
    for (;;) {
      try {
        return await ask(statement)
      } catch {
        await pause(50)
      }
    }
  }

  for (const signal of ['SIGQUIT', 'SIGKILL'] as const) {
    it(`is restarted after ${signal}, and still has one owner`, async () => {
      lines.length = 0
      const before = await pid()
      process.kill(before, signal)
      for (let ended = false; !ended; await pause(10)) ended = lines.length > 0

      assert.deepEqual(await answer('select 1 as one'), { one: 1 })
      for (let back = false; !back; await pause(10)) back = lines.at(-1)?.msg === 'the embedded PostgreSQL runs again'
      assert.notEqual(await pid(), before)
      assert.match(lines[0]?.msg ?? '', /has ended; its last words are in .*server\.log/)
      await assert.rejects(ownEmbedded(folder, log), /already running on .* \(process \d+\)/)
    })
  }

  it('is not restarted after it was closed', async () => {
    await database.close()
    await pause(1_500)

    await assert.rejects(ask('select 1'))
  })
})
