import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { sql } from '@doran/kernel'
import { jobHandlerName, nextDue, nextRun } from '../tasks/jobs.ts'
import { addTask, LeaseLostError, type Task, type TaskHandler } from '../tasks/tasks.ts'
import { openWorkbench, until, type Workbench } from './workbench.ts'

describe('lanes', { timeout: 60_000 }, () => {
  let bench: Workbench
  before(async () => {
    bench = await openWorkbench()
  })
  afterEach(() => bench.clear())
  after(() => bench.close())

  /** A handler whose tasks run until `release`. */
  function held(settings: Partial<TaskHandler> = {}) {
    const { promise, resolve: release } = Promise.withResolvers<void>()
    const begun: number[] = []
    let atOnce = 0
    const handler: TaskHandler & { most: number } = {
      most: 0,
      async run(task) {
        begun.push(task.id)
        handler.most = Math.max(handler.most, ++atOnce)
        await promise
        await bench.end(task)
        atOnce--
      },
      ...settings,
    }
    return { handler, begun, release }
  }

  const ended = async (handler: string) =>
    (await bench.db.one<{ count: number }>(sql`select count(*) from doran.tasks where handler = ${handler}`)).count ===
    0

  it('keep a saga from waiting behind thousands of events', async () => {
    await bench.add('inventory/on:product.listed', 4_000)
    const bulk = held()
    const saga: TaskHandler = { lane: 'urgent', run: bench.end }
    const worker = bench.worker({ 'inventory/on:product.listed': bulk.handler, 'order/saga:checkout@1': saga })
    await until(() => bulk.begun.length === 4)

    await addTask(bench.db, { handler: 'order/saga:checkout@1', payload: {} })
    worker.wake()
    await until(() => ended('order/saga:checkout@1'))

    assert.equal(bulk.begun.length, 4)
    assert.equal(await bench.remaining(), 4_000)
    bulk.release()
  })

  it('keep a saga and an event from waiting for jobs, however many are due', async () => {
    const jobs = Object.fromEntries(
      Array.from({ length: 8 }, (_, index) => [`note/job:${index}`, held({ lane: 'jobs' })] as const),
    )
    for (const name of Object.keys(jobs)) await bench.add(name, 1)
    const others = {
      'note/saga:printing@1': { lane: 'urgent', run: bench.end },
      'note/on:written': { run: bench.end },
    } as const
    const handlers = Object.fromEntries(Object.entries(jobs).map(([name, { handler }]) => [name, handler]))
    bench.worker({ ...handlers, ...others })
    const begun = () => Object.values(jobs).filter((job) => job.begun.length > 0).length
    await until(() => begun() === 4)

    await bench.add('note/saga:printing@1', 20)
    await bench.add('note/on:written', 20)
    await until(() => ended('note/saga:printing@1'))
    await until(() => ended('note/on:written'))

    assert.equal(begun(), 4)
    for (const { release } of Object.values(jobs)) release()
  })

  it('serve their handlers in turns, so that the backlog of one does not block the next', async () => {
    await bench.add('note/on:many', 1_000)
    const many: number[] = []
    bench.worker({
      'note/on:many': async (task) => {
        many.push(task.id)
        await bench.end(task)
      },
      'note/on:few': bench.end,
    })
    await until(() => many.length > 20)

    await bench.db.run(
      sql`insert into doran.tasks (handler, payload) select 'note/on:few', '{}' from generate_series(1, 5)`,
    )
    await until(() => ended('note/on:few'))

    assert.ok(many.length < 900, `${many.length} of the older ones went first`)
  })

  it('give a handler no more slots than its own limit', async () => {
    await bench.add('note/on:narrow', 12)
    await bench.add('note/on:wide', 12)
    const narrow = held({ concurrency: 1 })
    const wide = held()
    bench.worker({ 'note/on:narrow': narrow.handler, 'note/on:wide': wide.handler })
    await until(() => narrow.begun.length + wide.begun.length === 4)

    narrow.release()
    wide.release()
    await until(async () => (await bench.remaining()) === 0)

    assert.equal(narrow.handler.most, 1)
    assert.ok(wide.handler.most >= 3)
  })

  it('relay events to other databases in the lanes of their subscribers', async () => {
    await bench.db.run(sql`
      insert into doran.subscriptions (event, handler, lane) values
        ('product.listed', 'relay/search/on:product.listed', 'bulk'), ('user.left', 'relay/auth/on:user.left', 'urgent')`)
    await bench.add('relay/search/on:product.listed', 50)
    const { promise, resolve: release } = Promise.withResolvers<void>()
    let bulk = 0
    const relay: TaskHandler = {
      async run(task: Task) {
        if (task.handler.startsWith('relay/search') && ++bulk > 0) await promise
        await bench.end(task)
      },
    }
    bench.worker({ 'note/on:written': bench.end }, { relay })
    await until(() => bulk === 2)

    await bench.add('relay/auth/on:user.left', 5)
    await until(() => ended('relay/auth/on:user.left'))

    assert.equal(bulk, 2)
    release()
    await until(async () => (await bench.remaining()) === 0)
  })
})

describe('a notification of due work', { timeout: 30_000 }, () => {
  let bench: Workbench
  before(async () => {
    bench = await openWorkbench()
  })
  afterEach(() => bench.clear())
  after(() => bench.close())

  it('makes a process claim what it names, and nothing when the process does not run that', async () => {
    const handlers = { 'note/on:pub.told': bench.end, 'note/on:pub.shouted': bench.end, 'note/saga:print@1': bench.end }
    await bench.add('note/job:first', 1)
    const worker = bench.worker({ ...handlers, 'note/job:first': bench.end }, { pollMs: 60_000 })
    // The first claim of the worker is over.
    await until(() => ended('note/job:first'))
    for (const handler of Object.keys(handlers)) await bench.add(handler, 1)
    const left = async () =>
      (await bench.db.all<{ handler: string }>(sql`select handler from doran.tasks order by handler`)).map(
        ({ handler }) => handler,
      )

    worker.onDue('order/saga:checkout@1', false)
    worker.onDue('pub.told', false)
    await until(() => ended('note/on:pub.told'))
    const afterEvent = await left()
    worker.onDue('note/saga:print@1', false)
    await until(() => ended('note/saga:print@1'))

    assert.deepEqual(afterEvent, ['note/on:pub.shouted', 'note/saga:print@1'])
    assert.deepEqual(await left(), ['note/on:pub.shouted'])
    worker.onDue('', false)
    await until(() => ended('note/on:pub.shouted'))
  })

  const ended = async (handler: string) =>
    (await bench.db.one<{ count: number }>(sql`select count(*) from doran.tasks where handler = ${handler}`)).count ===
    0
})

describe('a handler that takes batches', { timeout: 60_000 }, () => {
  let bench: Workbench
  before(async () => {
    bench = await openWorkbench()
  })
  afterEach(() => bench.clear())
  after(() => bench.close())

  /** Completes all tasks in one transaction, unless it refuses one of them. */
  function batching(refused: (task: Task) => boolean = () => false) {
    const sizes: number[] = []
    const endAll = (tasks: readonly Task[]) =>
      bench.pool.at(0).transaction(async (tx) => {
        sizes.push(tasks.length)
        if (tasks.some(refused)) throw new Error('this one cannot be handled')
        const ids = tasks.map(({ id }) => id)
        const rows = await tx.run(sql`delete from doran.tasks where id = any(${ids}::bigint[])`)
        if (rows < tasks.length) throw new LeaseLostError()
      })
    const handler: TaskHandler = {
      maxAttempts: 1,
      lane: 'bulk',
      run: (task) => endAll([task]),
      batch: { size: 50, runAll: endAll },
    }
    return { handler, sizes }
  }

  it('gets full batches, one after the other', async () => {
    await bench.add('search/on:listed', 120)
    const { handler, sizes } = batching()

    bench.worker({ 'search/on:listed': handler })
    await until(async () => (await bench.remaining()) === 0)

    assert.deepEqual(sizes, [50, 50, 20])
  })

  it('gets the tasks of a failed batch one by one, so that a bad task does not block the others', async () => {
    await bench.add('search/on:listed', 10)
    const { min: bad } = await bench.db.one<{ min: number }>(sql`select min(id) from doran.tasks`)
    const { handler, sizes } = batching(({ id }) => id === bad)

    bench.worker({ 'search/on:listed': handler })
    await until(async () => (await bench.remaining()) === 1)
    await until(() => bench.db.all(sql`select id from doran.tasks where state = 'dead'`))

    assert.deepEqual(await bench.db.all(sql`select id, attempts from doran.tasks`), [{ id: bad, attempts: 1 }])
    assert.deepEqual(sizes, [10, ...Array(10).fill(1)])
  })
})

describe('jobs of the same minute', () => {
  const jobs = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => ({ name, cron: '* * * * *', run: async () => {} }))
  const now = new Date('2026-11-30T12:00:30Z')

  it('start at different times within twenty seconds, each after the same delay every time', () => {
    const minute = nextRun(jobs[0] as (typeof jobs)[0], now).getTime()

    const delays = jobs.map((job) => nextDue('note', job, now).getTime() - minute)

    assert.equal(new Set(delays).size, jobs.length)
    assert.ok(delays.every((delay) => delay >= 0 && delay < 20_000))
    assert.deepEqual(
      jobs.map((job) => nextDue('note', job, now).getTime() - minute),
      delays,
    )
  })

  it('start at different times when they have the same name in different services', () => {
    const [job] = jobs as [(typeof jobs)[0]]

    assert.notEqual(jobHandlerName('note', job), jobHandlerName('printer', job))
    assert.notDeepEqual(nextDue('note', job, now), nextDue('printer', job, now))
  })
})
