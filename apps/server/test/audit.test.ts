import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { newId, sql } from '@doran/kernel'
import { Pool } from '@doran/kernel/platform'
import { createTestDatabase } from '@doran/kernel/testing'
import { services } from '../services.ts'

const program = fileURLToPath(new URL('../doran.ts', import.meta.url))

describe('doran audit', () => {
  const [admin, member] = [newId(), newId()]
  let database: Awaited<ReturnType<typeof createTestDatabase>>
  before(async () => {
    database = await createTestDatabase(services)
    const pool = new Pool(database.url, 1)
    for (const operation of ['user.changeStatus', 'product.createBrand', 'user.updateUser']) {
      await pool.at(0).run(sql`
        insert into doran.audit (actor, roles, session, address, operation, target, before, after, outcome)
        values (${admin}, '{admin}', ${newId()}, '203.0.113.7', ${operation}, ${sql.json({ userId: member })},
                '{"status": "active"}', '{"status": "suspended"}', 'done')`)
    }
    await pool.close()
  })
  after(() => database.drop())

  const audit = (...args: string[]) =>
    new Promise<{ code: number; said: string }>((resolve) => {
      const env = { PATH: process.env.PATH, DATABASE_URL: database.url }
      execFile(process.execPath, [program, 'audit', ...args], { env, timeout: 120_000 }, (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code) : 0, said: stdout + stderr }),
      )
    })

  it('shows the matching entries, newest first', async () => {
    const { code, said } = await audit('--operation', 'user.', '--target', member, '--json')

    assert.equal(code, 0, said)
    assert.deepEqual(
      JSON.parse(said).map(({ operation }: { operation: string }) => operation),
      ['user.updateUser', 'user.changeStatus'],
    )
  })

  it('shows who acted, from where, and what changed', async () => {
    const { said } = await audit('--actor', admin, '--limit', '1')

    assert.match(said, new RegExp(`user.updateUser {2}done {2}${admin} \\(admin\\) from 203.0.113.7`))
    assert.match(said, /\{"status":"active"\} -> \{"status":"suspended"\}/)
  })

  it('refuses filters that it cannot use', async () => {
    const answers = [await audit('--actor', 'root'), await audit('--limit', 'all')]

    assert.deepEqual(
      answers.map(({ code }) => code),
      [1, 1],
    )
    assert.match(answers[0]?.said ?? '', /--actor is the id of a user/)
  })
})
