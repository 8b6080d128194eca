import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { brokenConstraint, sql } from '@doran/kernel'
import { Deadline, kernelMigrations, Listener, MigrationChangedError, migrate, Pool } from '@doran/kernel/platform'
import { createTestDatabase } from '@doran/kernel/testing'
import { linkTo } from './link-to.ts'

const UNAVAILABLE = { code: 'database_unavailable', status: 503, details: { retryAfter: 1 } }

describe('the database', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>
  let pool: Pool
  before(async () => {
    database = await createTestDatabase([])
    pool = new Pool(database.url, 5)
    await pool.at(0).run(sql`create table public.things (id int primary key, name text)`)
  })
  after(async () => {
    await pool.close()
    await database.drop()
  })

  it('sends values separately from the text, also in nested fragments', async () => {
    const evil = `'; drop table public.things; --`
    const condition = sql.join([sql`${evil} = ${evil}`, sql`1 = ${1}`], ' and ')

    const row = await pool.at(0).one(sql`select ${evil} as evil where ${condition} ${sql.empty}`)

    assert.deepEqual(row, { evil })
  })

  it('gives the same text the same prepared statement, and other text another', () => {
    const find = (id: number) => sql`select ${id}::int`

    assert.equal(find(1).statement().name, find(2).statement().name)
    assert.notEqual(find(1).statement().name, sql`select ${1}::text`.statement().name)
  })

  it('reports that it cannot be reached, for queries and for transactions', async () => {
    for (const url of ['postgres://doran@127.0.0.1:1/doran', 'postgres://doran@/doran?host=%2Fnowhere']) {
      const away = new Pool(url, 5)
      await assert.rejects(away.at(0).run(sql`select 1`), UNAVAILABLE)
      await assert.rejects(
        away.at(0).transaction(async (tx) => tx.run(sql`select 1`)),
        UNAVAILABLE,
      )
      await away.close()
    }
  })

  it('gives up a connection that stops answering, and opens a new one', async () => {
    const { link, url } = await linkTo(database.url)
    const queryTimeoutMs = 500
    const far = new Pool(url, 2, queryTimeoutMs)
    const ask = () => far.at(0).one(sql`select 1 as one`)
    const change = () => far.at(0).transaction((tx) => tx.run(sql`update public.things set name = 'x'`))
    const took = async (work: Promise<unknown>) => {
      const begun = performance.now()
      await assert.rejects(work, UNAVAILABLE)
      return performance.now() - begun
    }
    await Promise.all([ask(), change()])

    link.halfOpen()
    const times = await Promise.all([took(ask()), took(change())])
    link.heal()

    for (const time of times) assert.ok(time >= queryTimeoutMs - 10 && time < 2 * queryTimeoutMs, `${time} ms`)
    assert.deepEqual(await ask(), { one: 1 })
    assert.equal(await change(), 0)
    await far.close()
    await link.close()
  })

  it('waits for a slow statement within the time limit', async () => {
    const slow = new Pool(database.url, 1, 2_000)
    assert.equal(await slow.at(0).run(sql`select pg_sleep(0.5)`), 1)
    await slow.close()
  })

  it('reads values as they are written in JSON', async () => {
    const row = await pool.at(0).one(sql`
      select 9007199254740991::bigint as big, '2026-11-21T05:34:40.5Z'::timestamptz as at, '2026-11-21'::date as day,
             '{"a":[1]}'::jsonb as doc`)

    assert.deepEqual(row, { big: 9007199254740991, at: '2026-11-21T05:34:40.500Z', day: '2026-11-21', doc: { a: [1] } })
    await assert.rejects(pool.at(0).one(sql`select 9007199254740993::bigint as big`), RangeError)
  })

  it('commits all or nothing; a nested transaction rolls back alone', async () => {
    await assert.rejects(
      pool.at(0).transaction(async (tx) => {
        await tx.run(sql`insert into public.things values (1, 'lost')`)
        throw new Error('changed my mind')
      }),
      /changed my mind/,
    )
    await pool.at(0).transaction(async (tx) => {
      await tx.run(sql`insert into public.things values (2, 'kept')`)
      const clash = tx.transaction((nested) => nested.run(sql`insert into public.things values (2, 'again')`))
      await assert.rejects(clash, (error) => brokenConstraint(error) === 'things_pkey')
      await tx.run(sql`insert into public.things values (3, 'kept')`)
    })

    assert.deepEqual(await pool.at(0).all(sql`select id from public.things order by id`), [{ id: 2 }, { id: 3 }])
  })

  it('runs statements of one turn of the event loop in order', async () => {
    const found = await pool.at(0).transaction((tx) => {
      tx.later(sql`insert into public.things values (10, 'first')`)
      return Promise.all([
        tx.all(sql`update public.things set name = 'second' where id = 10 returning name`),
        tx.all(sql`select name from public.things where id = 10`),
      ])
    })

    assert.deepEqual(found, [[{ name: 'second' }], [{ name: 'second' }]])
  })

  it('commits nothing when a statement fails that nobody awaited', async () => {
    const fails = pool.at(0).transaction(async (tx) => {
      await tx.run(sql`insert into public.things values (11, 'never')`)
      tx.later(sql`insert into public.things values (11, 'again')`)
    })
    await assert.rejects(fails, (error) => brokenConstraint(error) === 'things_pkey')
    const hidden = pool.at(0).transaction(async (tx) => {
      tx.later(sql`insert into public.things values (11, 'never'), (11, 'again')`)
      await assert.rejects(tx.run(sql`select 'in the same message'`))
    })
    await assert.rejects(hidden, /went on after a statement had failed/)

    assert.equal(await pool.at(0).first(sql`select id from public.things where id = 11`), undefined)
  })

  it('can run a statement later that was skipped because an earlier one failed', async () => {
    const single = new Pool(database.url, 1)
    const next = () => sql`select 'never prepared before' as text`
    await assert.rejects(
      single.at(0).transaction((tx) => Promise.all([tx.run(sql`select 1 / 0`), tx.run(next())])),
      { code: '22012' },
    )

    assert.equal(await single.at(0).transaction((tx) => tx.run(next())), 1)
    assert.equal(await single.at(0).transaction((tx) => tx.run(sql.empty)), 0)
    await single.close()
  })

  it('does not deadlock when every transaction needs a second connection', async () => {
    const nested = Array.from({ length: 50 }, () =>
      pool.at(0).transaction(async (tx) => {
        await tx.one(sql`select 1 as one`)
        return pool.at(1).transaction((inner) => inner.one<{ two: number }>(sql`select 2 as two`))
      }),
    )

    assert.equal((await Promise.all(nested)).length, 50)
  })

  it('does not start work whose deadline has passed, and does not delay the next caller by it', async (t) => {
    const small = new Pool(database.url, 5)
    t.after(() => small.close())
    const open = Promise.withResolvers<void>()
    const held = Array.from({ length: 3 }, () => small.at(0).transaction(() => open.promise))
    let begun = 0
    const begin = async () => void begun++

    const late = small.at(0, null, Deadline.in(50)).transaction(begin)
    const inTime = small.at(0, null, Deadline.in(60_000)).transaction(begin)
    const task = small.at(0).transaction(begin)
    await assert.rejects(late, { code: 'deadline_exceeded' })
    assert.deepEqual([begun, small.stats().waiting], [0, 2])

    open.resolve()
    await Promise.all([...held, inTime, task])
    assert.deepEqual([begun, small.stats().waiting], [2, 0])
  })

  it('survives the loss of its connections', async () => {
    const cut = pool.at(0).transaction(async (tx) => {
      const { pid } = await tx.one<{ pid: number }>(sql`select pg_backend_pid() as pid`)
      await pool.at(1).run(sql`select pg_terminate_backend(${pid})`)
      await tx.run(sql`insert into public.things values (4, 'never')`)
    })
    await assert.rejects(cut, UNAVAILABLE)

    assert.equal(await pool.at(0).first(sql`select id from public.things where id = 4`), undefined)
  })

  it('rolls back a transaction that is idle for too long, and reports it', async () => {
    const silent = pool.at(0).transaction(async (tx) => {
      await tx.run(sql`set local idle_in_transaction_session_timeout = 50`)
      await tx.run(sql`insert into public.things values (6, 'never')`)
      await pause(500)
      await tx.run(sql`select 1`)
    })
    await assert.rejects(silent, UNAVAILABLE)

    assert.equal(await pool.at(0).first(sql`select id from public.things where id = 6`), undefined)
  })

  for (const [trouble, state] of [
    ['disk', '53100'],
    ['memory', '53200'],
    ['connections', '53300'],
  ] as const) {
    it(`that is out of ${trouble} is reported as unavailable, and rolls the transaction back`, async () => {
      const fail = sql.raw(`do $$ begin raise 'out of ${trouble}' using errcode = '${state}'; end $$`)
      const told = (error: Error & { code?: string }) => {
        assert.equal(error.code, UNAVAILABLE.code)
        assert.match(String(error.cause), new RegExp(`out of ${trouble}`))
        return true
      }
      await assert.rejects(pool.at(0).run(fail), told)
      const begun = pool.at(0).transaction(async (tx) => {
        await tx.run(sql`insert into public.things values (5, 'half')`)
        await tx.run(fail)
      })
      await assert.rejects(begun, told)

      assert.equal(await pool.at(0).first(sql`select id from public.things where id = 5`), undefined)
    })
  }

  it('plans with the settings of its role', async () => {
    assert.deepEqual(
      await pool.at(0).one(sql`
      select current_setting('plan_cache_mode') as plan, current_setting('jit') as jit`),
      { plan: 'force_generic_plan', jit: 'off' },
    )
  })
})

describe('migrations', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>
  let folder: string
  before(async () => {
    database = await createTestDatabase([])
    folder = await mkdtemp(join(tmpdir(), 'doran-migrations-'))
    await writeFile(join(folder, '0001-first.sql'), 'create table thing.first (id int);')
  })
  after(async () => {
    await database.drop()
    await rm(folder, { recursive: true })
  })
  const sources = () => [kernelMigrations, { service: 'thing', folder: pathToFileURL(`${folder}/`) }]
  const run = () => migrate(database.url, sources())

  it('are applied once, also when several processes start together', async () => {
    const applied = await Promise.all([run(), run(), run()])

    assert.deepEqual(applied.flat(), ['thing/0001-first.sql'])
  })

  it('that fail leave nothing behind and name the failed file', async () => {
    await writeFile(join(folder, '0002-second.sql'), 'create table thing.second (id int); select no_such_function();')

    await assert.rejects(run(), /thing\/0002-second\.sql failed: .*no_such_function/)

    await writeFile(join(folder, '0002-second.sql'), 'create table thing.second (id int);')
    assert.deepEqual(await run(), ['thing/0002-second.sql'])
  })

  it('that wait for a locked table retry, and do not block others for long', async (t) => {
    await writeFile(join(folder, '0003-third.sql'), 'alter table thing.first add column name text;')
    const pool = new Pool(database.url, 5)
    t.after(() => pool.close())
    const reader = Promise.withResolvers<void>()
    const reading = Promise.withResolvers<void>()
    const held = pool.at(0).transaction(async (tx) => {
      await tx.all(sql`select id from thing.first`)
      reading.resolve()
      await reader.promise
    })
    await reading.promise

    await assert.rejects(
      migrate(database.url, sources(), { longestWaitMs: 0 }),
      /thing\/0003-third\.sql failed: others held what it changes for too long/,
    )
    const applied = run()
    await pool.at(0).all(sql`select id from thing.first`)
    reader.resolve()
    await held
    assert.deepEqual(await applied, ['thing/0003-third.sql'])
  })

  it('that run outside a transaction start again after a failure', async () => {
    const index = (column: string) =>
      `-- Outside a transaction\ndrop index concurrently if exists thing.first_name;\ncreate index concurrently first_name on thing.first (${column});\n`
    await writeFile(join(folder, '0004-fourth.sql'), index('nothing'))
    await assert.rejects(run(), /thing\/0004-fourth\.sql failed: column "nothing" does not exist/)

    await writeFile(join(folder, '0004-fourth.sql'), index('name'))
    assert.deepEqual(await run(), ['thing/0004-fourth.sql'])
  })

  it('that were changed after they had been applied are refused', async () => {
    await writeFile(join(folder, '0001-first.sql'), 'create table thing.first (id bigint);')

    await assert.rejects(
      run(),
      (error) => error instanceof MigrationChangedError && /thing\/0001-first\.sql was changed/.test(error.message),
    )
  })
})

describe('a listener', () => {
  const HEARTBEAT_MS = 200
  let database: Awaited<ReturnType<typeof createTestDatabase>>
  let pool: Pool
  before(async () => {
    database = await createTestDatabase([])
    pool = new Pool(database.url, 1)
  })
  after(async () => {
    await pool.close()
    await database.drop()
  })

  it('notices a dead connection and reconnects', async () => {
    const { link, url } = await linkTo(database.url)
    const listener = new Listener(url, HEARTBEAT_MS)
    const heard: string[] = []
    const { promise: again, resolve } = Promise.withResolvers<void>()
    listener.on('news', (payload) => void heard.push(payload))
    listener.onReconnect(resolve)
    await listener.start()

    link.halfOpen()
    await pause(5 * HEARTBEAT_MS)
    link.heal()
    await again
    await pool.at(0).run(sql`select pg_notify('news', 'after')`)
    while (heard.length === 0) await pause(10)

    assert.deepEqual(heard, ['after'])
    await listener.close()
    await link.close()
  })

  it('does not reconnect to a database that has never accepted it', async () => {
    let visits = 0
    const closed = createServer((socket) => {
      visits++
      socket.destroy()
    })
    closed.listen(0, '127.0.0.1')
    await once(closed, 'listening')
    const listener = new Listener(
      `postgres://doran@127.0.0.1:${(closed.address() as { port: number }).port}/doran`,
      HEARTBEAT_MS,
    )

    await assert.rejects(listener.start())
    await pause(1_000)

    assert.equal(visits, 1)
    closed.close()
  })
})
