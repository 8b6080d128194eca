import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { type Database, service, sql } from '@doran/kernel'
import { contract, post, Type } from '@doran/kernel/contract'
import { Pool } from '@doran/kernel/platform'
import { createTestDatabase, startPlatform, type TestPlatform } from '@doran/kernel/testing'
import { createLog } from '../telemetry/index.ts'

/** A log, and the lines that were written to it. */
function logbook() {
  const lines: { level: string; msg: string; [more: string]: unknown }[] = []
  const log = createLog('warn', { destination: { write: (line) => void lines.push(JSON.parse(line)) } })
  return { log, lines }
}

describe('a transaction', () => {
  const { log, lines } = logbook()
  let database: Awaited<ReturnType<typeof createTestDatabase>>
  let pool: Pool
  before(async () => {
    database = await createTestDatabase([])
    // One connection: if it is never released, or released too early, a test fails at once.
    pool = new Pool(database.url, 1, undefined, log)
    await pool.at(0).run(sql`create table public.marks (name text primary key)`)
  })
  beforeEach(async () => {
    lines.length = 0
    await pool.at(0).run(sql`delete from public.marks`)
  })
  after(async () => {
    await pool.close()
    await database.drop()
  })

  const mark = (db: Database, name: string) => db.run(sql`insert into public.marks values (${name})`)
  const marks = async () =>
    (await pool.at(0).all<{ name: string }>(sql`select name from public.marks order by 1`)).map(({ name }) => name)

  it('ends for all of its branches when one of them fails', async () => {
    const failed = Promise.withResolvers<void>()
    let stray: Promise<unknown> | undefined
    const work = pool.at(0).transaction(async (tx) => {
      stray = failed.promise.then(() => mark(tx, 'stray'))
      await mark(tx, 'first')
      throw new Error('refused')
    })
    await assert.rejects(work, /refused/)

    failed.resolve()

    await assert.rejects(stray as Promise<unknown>, /the transaction has ended/)
    assert.deepEqual(await marks(), [])
  })

  it('does not send statements that were queued when it failed', async () => {
    const work = pool.at(0).transaction(async (tx) => {
      await mark(tx, 'first')
      await Promise.all([mark(tx, 'never'), Promise.reject(new Error('refused'))])
    })

    await assert.rejects(work, /refused/)
    assert.deepEqual(await marks(), [])
  })

  it('refuses every use of its handle after its end', async () => {
    const { tx, nested } = await pool.at(0).transaction(async (tx) => {
      const nested = await tx.transaction(async (nested) => nested)
      await assert.rejects(mark(nested, 'late'), /the transaction has ended/)
      return { tx, nested }
    })

    for (const handle of [tx, nested]) {
      await assert.rejects(mark(handle, 'late'), /the transaction has ended/)
      await assert.rejects(
        handle.transaction(async () => {}),
        /the transaction has ended/,
      )
      assert.throws(() => handle.later(sql`select 1`), /the transaction has ended/)
      assert.throws(() => handle.afterCommit(() => {}), /the transaction has ended/)
    }
    assert.deepEqual(await marks(), [])
  })

  it('is not committed while a nested one is still running', async () => {
    const work = pool.at(0).transaction(async (tx) => {
      void tx.transaction((nested) => mark(nested, 'nobody waits')).catch(() => {})
    })

    await assert.rejects(work, /still running: await it/)
    assert.deepEqual(await marks(), [])
  })

  it('runs nested ones one after the other, and keeps or rolls back each of them separately', async () => {
    const order: string[] = []
    const inside =
      (name: string, refuse = false) =>
      (tx: Database) =>
        tx.transaction(async (nested) => {
          order.push(`${name} begins`)
          await mark(nested, name)
          await nested.run(sql`select 1`)
          order.push(`${name} ends`)
          if (refuse) throw new Error('refused')
        })

    const outcomes = await pool
      .at(0)
      .transaction((tx) => Promise.allSettled([inside('a')(tx), inside('b', true)(tx), inside('c')(tx)]))

    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    )
    assert.deepEqual(order, ['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
    assert.deepEqual(await marks(), ['a', 'c'])
  })

  it('runs callbacks after its commit, but not those of a nested one that was rolled back', async () => {
    const done: string[] = []
    await pool.at(0).transaction(async (tx) => {
      tx.afterCommit(() => done.push('outer'))
      await tx.transaction(async (nested) => nested.afterCommit(() => done.push('kept')))
      const undone = tx.transaction(async (nested) => {
        nested.afterCommit(() => done.push('undone'))
        throw new Error('refused')
      })
      await assert.rejects(undone, /refused/)
      assert.deepEqual(done, [])
    })

    assert.deepEqual(done, ['outer', 'kept'])
  })

  it('stays committed when a callback after it fails, which is logged', async () => {
    const done: string[] = []

    await pool.at(0).transaction(async (tx) => {
      tx.afterCommit(() => {
        throw new Error('a mistake of a listener')
      })
      tx.afterCommit(() => done.push('the next'))
      await mark(tx, 'kept')
    })

    assert.deepEqual(await marks(), ['kept'])
    assert.deepEqual(done, ['the next'])
    assert.deepEqual(
      lines.map(({ level, msg }) => [level, msg]),
      [['error', 'what was to follow a commit failed; the commit stands']],
    )
  })

  it('may be started by a callback after the commit of another', async () => {
    const again = Promise.withResolvers<void>()
    const db = pool.at(0)

    await db.transaction(async (tx) => {
      tx.afterCommit(() => void db.transaction((next) => mark(next, 'after')).then(() => again.resolve(), again.reject))
    })
    await again.promise

    assert.deepEqual(await marks(), ['after'])
  })

  it('warns when a second passes between two statements, because PostgreSQL would soon end it', async () => {
    await pool.at(0).transaction(async (tx) => {
      await mark(tx, 'a')
      // Another connection sleeps, so that the test awaits a query and not a timer.
      const other = new Pool(database.url, 1)
      await other.at(0).all(sql`select pg_sleep(1.05)`)
      await other.close()
      await mark(tx, 'b')
    })

    assert.deepEqual(
      lines.map(({ level }) => level),
      ['warn'],
    )
    assert.match(lines[0]?.msg ?? '', /silent between two statements/)
    assert.ok((lines[0]?.ms as number) >= 1_000)
  })
})

const empty = { summary: 'x', access: 'anyone', body: Type.Object({}) } as const
const branch = contract('branch', {
  parallel: post('/branch/parallel', empty),
  inner: post('/branch/inner', empty),
})
const branchService = service(branch, {
  operations: {
    async parallel(_input, ctx) {
      const twice = async (tx: Database) => {
        await tx.run(sql`select 1`)
        await tx.run(sql`select 2`)
      }
      await Promise.all([ctx.db.transaction(twice), ctx.db.transaction(twice)])
    },
    async inner(_input, ctx) {
      await ctx.db.transaction(async () => ctx.db.transaction(async (tx) => tx.run(sql`select 1`)))
    },
  },
})

describe('a handler', () => {
  const { log, lines } = logbook()
  let platform: TestPlatform
  before(async () => {
    platform = await startPlatform({ services: [branchService], log })
  })
  after(() => platform.close())

  const ask = async (operation: string, headers = {}) =>
    (await platform.request('POST', `/api/branch/${operation}`, { body: {}, headers })).status
  const keyed = () => ({ 'idempotency-key': crypto.randomUUID() })

  it('can start parallel transactions, with an Idempotency-Key or without', async () => {
    assert.equal(await ask('parallel'), 204)
    assert.equal(await ask('parallel', keyed()), 204)
  })

  it('is told to use the inner handle, with an Idempotency-Key or without', async () => {
    lines.length = 0

    const statuses = [await ask('inner'), await ask('inner', keyed())]

    assert.deepEqual(statuses, [500, 500])
    for (const { err } of lines) assert.match((err as Error).message, /begun on its handle: tx\.transaction/)
    assert.equal(lines.length, 2)
  })
})
