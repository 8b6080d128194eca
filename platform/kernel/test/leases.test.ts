import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { sql } from '@doran/kernel'
import { reschedule } from '../tasks/tasks.ts'
import { openWorkbench, until, type Workbench } from './workbench.ts'

const HOUR_MS = 3_600_000

describe('a lease', { timeout: 30_000 }, () => {
  let bench: Workbench
  before(async () => {
    bench = await openWorkbench()
  })
  afterEach(() => bench.clear())
  after(() => bench.close())

  /** Number of statements on tasks that wait for a locked row. */
  const waiting = async () =>
    (
      await bench.db.one<{ count: number }>(sql`
        select count(*) from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and query ~ 'update doran.tasks'`)
    ).count

  it('that is renewed too late does not restore the old time of a rescheduled job', async () => {
    await bench.add('note/job:nightly', 1)
    let runs = 0
    const { promise: locked, resolve: lock } = Promise.withResolvers<void>()
    const nightly = {
      async run(task: Parameters<typeof reschedule>[1]) {
        runs++
        await locked
        await reschedule(bench.db, task, new Date(Date.now() + HOUR_MS))
      },
    }
    bench.worker({ 'note/job:nightly': nightly }, { leaseMs: 600 })
    await until(() => runs === 1)

    await bench.pool.at(0).transaction(async (tx) => {
      await tx.run(sql`select from doran.tasks for update`)
      lock()
      await until(async () => (await waiting()) >= 1)
      // The renewal starts while the statement with the new time waits for the row.
      await until(async () => (await waiting()) >= 2)
    })

    const later = sql`select count(*) from doran.tasks where run_at > now() + interval '30 minutes'`
    await until(async () => (await bench.db.one<{ count: number }>(later)).count === 1)
    await until(async () => (await waiting()) === 0)
    assert.equal((await bench.db.one<{ count: number }>(later)).count, 1)
    assert.equal(runs, 1)
  })

  it('on a task that is claimed while its worker closes is not left behind', async () => {
    await bench.clear()
    const worker = bench.worker({ 'note/on:written': bench.end }, { pollMs: 60_000, concurrency: 20 })
    await until(() => worker.running === 0)
    await bench.add('note/on:written', 10)

    worker.wake()
    await worker.close(5_000)

    assert.deepEqual(await bench.db.all(sql`select id from doran.tasks where run_at > now() or attempts > 0`), [])
  })
})
