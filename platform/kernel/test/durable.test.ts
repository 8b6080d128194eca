import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { publishing, type Queryable, sql, startSaga } from '@doran/kernel'
import { createPlatform, discardTask, listTasks, Pool } from '@doran/kernel/platform'
import { createTestDatabase, startPlatform, type TestPlatform } from '@doran/kernel/testing'
import { Listener } from '../database/listener.ts'
import { receive } from '../durable/events.ts'
import { countTasks } from '../tasks/backlog.ts'
import { addTask, complete, LeaseLostError, type Task, type TaskHandler } from '../tasks/tasks.ts'
import { Worker } from '../tasks/worker.ts'
import { createLog, createMetrics } from '../telemetry/index.ts'
import { noteService, noteWritten, outOfInk, printerDouble, printerService, printing } from './note-service.ts'
import { until } from './workbench.ts'

const state = async (platform: TestPlatform, id: string) =>
  platform
    .database('note')
    .one<{ state: string; told: number }>(sql`select state, told from note.notes where id = ${id}`)

describe('events and sagas', () => {
  let platform: TestPlatform
  const { print } = printerDouble
  before(async () => {
    platform = await startPlatform({ services: [noteService, printerService] })
  })
  afterEach(() => {
    printerDouble.print = print
  })
  after(() => platform.close())

  it('a published event reaches its subscriber once, and the saga runs to its end', async () => {
    await platform.request('POST', '/api/notes/a', { body: { text: 'x' } })
    await platform.settled()

    assert.deepEqual(await state(platform, 'a'), { state: 'printed', told: 1 })
  })

  it('an event of a transaction that is rolled back reaches nobody', async () => {
    const before = await platform.database('note').one<{ count: number }>(sql`select count(*) from doran.events`)
    await platform.request('POST', '/api/notes/a', { body: { text: 'x' } })

    assert.deepEqual(await platform.database('note').one(sql`select count(*) from doran.events`), before)
  })

  const rewrite = (db: Queryable, id: string) => {
    const data = sql`select jsonb_build_object('id', id, 'pages', 1) from changed`
    return db.run(sql`
      with changed as (update note.notes set text = 'rewritten' where id = ${id} returning id),
        ${publishing(db, noteWritten, data)}
      select 1`)
  }

  it('an event in the statement of a change wakes its subscriber, and none is written when nothing changes', async () => {
    const db = platform.database('note')
    await db.run(sql`insert into note.notes (id, text) values ('whole', 'x')`)
    const listener = new Listener(platform.url)
    const woken = new Promise<string>((resolve) => listener.on('doran_tasks', resolve))
    await listener.start()

    await rewrite(db, 'unknown')
    await rewrite(db, 'whole')
    await woken
    await platform.settled()

    assert.deepEqual(await state(platform, 'whole'), { state: 'written', told: 1 })
    assert.equal((await platform.events(noteWritten)).filter(({ id }) => id === 'whole').length, 1)
    assert.equal((await platform.events(noteWritten)).filter(({ id }) => id === 'unknown').length, 0)
    await listener.close()
  })

  it('a refused step makes the saga compensate, and the first step learns why', async () => {
    await platform.request('POST', '/api/notes/b', { body: { text: 'x', pages: 11 } })
    await platform.settled()

    assert.equal((await state(platform, 'b')).state, 'out_of_ink')
    const saga = await platform.database('note').one<{ state: string; error: object }>(sql`
      select state, error from doran.sagas where key = 'b'`)
    assert.deepEqual(saga, {
      state: 'undone',
      error: {
        step: 'print',
        code: 'out_of_ink',
        message: 'There is no ink for 11 pages; print fewer.',
        outcome: 'refused',
      },
    })
  })

  it('a step that fails for another reason is retried', async () => {
    let tries = 0
    printerDouble.print = async () => {
      if (++tries < 3) throw new Error('the printer is on fire')
    }
    await platform.request('POST', '/api/notes/c', { body: { text: 'x' } })
    await platform.settled()

    assert.equal((await state(platform, 'c')).state, 'printed')
  })

  it('a saga starts once under its key', async () => {
    await platform.request('POST', '/api/notes/d', { body: { text: 'x' } })
    await platform.settled()

    const started = await platform
      .database('note')
      .transaction((tx) => startSaga(tx, printing, 'd', { id: 'd', pages: 1 }))

    assert.equal(started, false)
  })

  it('a refusal is the same error on the other side of a call', () => {
    assert.equal(outOfInk.is(outOfInk({ pages: 1 })), true)
  })
})

describe('a task', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>
  let pool: Pool
  const workers: Worker[] = []
  before(async () => {
    database = await createTestDatabase([noteService])
    pool = new Pool(database.url, 10)
    await pool.at(0).run(sql`create table note.effects (task bigint, worker text)`)
  })
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.close(0)))
    await pool.at(0).run(sql`truncate note.effects, doran.tasks`)
  })
  after(async () => {
    await pool.close()
    await database.drop()
  })

  function worker(
    handler: (task: Task, lease: AbortSignal) => Promise<void>,
    settings: Partial<TaskHandler> = {},
  ): Worker {
    const started = new Worker({
      pool,
      relay: { maxAttempts: 1, run: async () => {} },
      handlers: new Map([['note/test', { maxAttempts: 3, run: handler, ...settings }]]),
      log: createLog('silent'),
      metrics: createMetrics(),
      concurrency: 4,
      leaseMs: 600,
      pollMs: 50,
    })
    workers.push(started)
    started.start()
    return started
  }

  const effect = (name: string) => (task: Task) =>
    pool.at(0).transaction(async (tx) => {
      await tx.run(sql`insert into note.effects (task, worker) values (${task.id}, ${name})`)
      await complete(tx, task)
    })

  const count = async () => (await pool.at(0).one<{ count: number }>(sql`select count(*) from note.effects`)).count
  const remaining = async () => (await pool.at(0).one<{ count: number }>(sql`select count(*) from doran.tasks`)).count

  it('runs once, however many workers there are', async () => {
    for (let index = 0; index < 200; index++) await addTask(pool.at(0), { handler: 'note/test', payload: { index } })

    for (const name of ['a', 'b', 'c']) worker(effect(name))
    await until(async () => (await remaining()) === 0)

    assert.equal(await count(), 200)
  })

  it('is taken over when its holder stops renewing, and the old holder cannot finish it', async () => {
    await addTask(pool.at(0), { handler: 'note/test', payload: {} })
    const [held] = await pool.at(0).all<Task>(sql`
      update doran.tasks set epoch = epoch + 1, run_at = now() + interval '300 ms' returning id, epoch, handler, payload, trace, attempts`)

    worker(effect('successor'))
    await until(async () => (await remaining()) === 0)

    await assert.rejects(effect('paused')(held as Task), LeaseLostError)
    assert.deepEqual(await pool.at(0).all(sql`select worker from note.effects`), [{ worker: 'successor' }])
  })

  it('is kept by renewal for as long as its holder works on it', async () => {
    await addTask(pool.at(0), { handler: 'note/test', payload: {} })
    const { promise: longWork, resolve: finish } = Promise.withResolvers<void>()
    let runs = 0
    const slow = async (task: Task) => {
      runs++
      await longWork
      await effect('slow')(task)
    }
    worker(slow)
    worker(slow)
    // For three lease times no other worker may take it.
    await until(
      async () =>
        (
          await pool.at(0).one<{ old: boolean }>(sql`
      select now() > created_at + interval '1.8 seconds' as old from doran.tasks`)
        ).old,
    )
    finish()
    await until(async () => (await remaining()) === 0)

    assert.equal(runs, 1)
  })

  it('is retried with growing pauses and then waits for an operator', async () => {
    await addTask(pool.at(0), { handler: 'note/test', payload: {} })
    worker(async () => {
      throw new Error('no luck')
    })

    const [dead] = await until(() => listTasks(pool.at(0), 'dead'))

    assert.deepEqual([dead?.attempts, dead?.state], [3, 'dead'])
    assert.match(dead?.last_error ?? '', /no luck/)
    assert.equal(await discardTask(pool.at(0), dead?.id ?? 0), true)
    assert.deepEqual(await listTasks(pool.at(0)), [])
  })

  it('is given back at once when its process stops', async () => {
    await addTask(pool.at(0), { handler: 'note/test', payload: {} })
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
    const leaving = worker(async (_task, lease) => {
      begin()
      await new Promise((_resolve, reject) => lease.addEventListener('abort', reject))
    })
    await begun
    await leaving.close(0)

    const { due } = await pool.at(0).one<{ due: boolean }>(sql`select run_at <= now() as due from doran.tasks`)
    assert.equal(due, true)
  })

  it('with a key exists once', async () => {
    await addTask(pool.at(0), { handler: 'note/test', payload: { n: 1 }, key: 'k' })
    await addTask(pool.at(0), { handler: 'note/test', payload: { n: 2 }, key: 'k' })

    assert.deepEqual(await pool.at(0).all(sql`select payload from doran.tasks`), [{ payload: { n: 1 } }])
  })

  it('counts for its service, and for the publisher while it is on its way to another database', async () => {
    const db = pool.at(0)
    await db.run(sql`
      insert into doran.tasks (handler, payload, run_at, state) values
        ('note/on:note.written', '{}', now() - interval '90 seconds', 'ready'),
        ('note/saga:printing@1', '{}', now() + interval '90 seconds', 'ready'),
        ('relay/printer/on:note.written', '{}', now() - interval '30 seconds', 'dead'),
        ('printer/job:clean', '{}', now() + interval '90 seconds', 'ready')`)
    const counted = await countTasks(db, ['note', 'idle'])

    const busy = counted.filter(({ due, dead }) => due + dead > 0)
    assert.ok(busy.every(({ lag }) => lag >= 90 && lag < 120))
    assert.deepEqual(
      busy.map((row) => ({ ...row, lag: 90 })),
      [{ service: 'note', lane: 'events', due: 1, dead: 1, lag: 90 }],
    )
    const quiet = Map.groupBy(
      counted.filter((row) => !busy.includes(row)),
      ({ service }) => service,
    )
    const lanes = ['bulk', 'events', 'jobs', 'urgent']
    assert.deepEqual(
      Object.fromEntries([...quiet].map(([service, rows]) => [service, rows.map(({ lane }) => lane).sort()])),
      {
        note: ['bulk', 'jobs', 'urgent'],
        idle: lanes,
        printer: ['jobs'],
      },
    )
    assert.ok(counted.every(({ lag, due, dead }) => lag === 0 || due + dead > 0))
  })

  it('for an event from another database is added once', async () => {
    const event = { id: '01a1fcb8-1f49-7104-81b0-388a34f3a03d', name: 'note.written', data: {} }

    assert.equal(await receive(pool.at(0), 'note/test', event, null), true)
    assert.equal(await receive(pool.at(0), 'note/test', event, null), false)
    assert.equal(await remaining(), 1)
  })
})

describe('a service with a database of its own', () => {
  it('receives the events of the others', async () => {
    const [one, other] = [await createTestDatabase([noteService]), await createTestDatabase([printerService])]
    const { on, service } = await import('@doran/kernel')
    const { contract } = await import('@doran/kernel/contract')
    const { noteWritten } = await import('./note-service.ts')
    const heard: string[] = []
    const listener = service(contract('listener', {}), {
      operations: {},
      subscriptions: [on(noteWritten, async ({ id }) => void heard.push(id))],
    })
    const platform = await createPlatform({
      services: [noteService, printerService, listener],
      environment: { NOTE_DATABASE_URL: one.url, DATABASE_URL: other.url, LOG_LEVEL: 'silent' },
      identity: () => ({ keys: async () => ({ keys: [] }), revocations: async () => [] }),
    })

    await platform.http.inject({ method: 'POST', url: '/api/notes/z', payload: { text: 'x' } })
    await until(async () => heard.length > 0)

    assert.deepEqual(heard, ['z'])
    await platform.close()
    await Promise.all([one.drop(), other.drop()])
  })
})
