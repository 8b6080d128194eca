import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { sql } from '@doran/kernel'
import { runJob, startPlatform, type TestPlatform } from '@doran/kernel/testing'
import { deleteInBatches } from '../tasks/retention.ts'
import { noteService, printerService } from './note-service.ts'
import { openWorkbench, type Workbench } from './workbench.ts'

describe('housekeeping', { timeout: 30_000 }, () => {
  let platform: TestPlatform
  before(async () => {
    platform = await startPlatform({ services: [noteService, printerService] })
  })
  after(() => platform.close())

  it('deletes all idempotency keys after a day, and all events and inbox entries after thirty days', async () => {
    const db = platform.database('note')
    await db.run(sql`
      insert into doran.events (id, name, data, published_at)
      select gen_random_uuid(), 'note.written', '{}', now() - make_interval(days => n % 60) from generate_series(1, 12000) as s (n)`)
    await db.run(sql`
      insert into doran.inbox (event_id, handler, received_at)
      select gen_random_uuid(), 'note/on:x', now() - make_interval(days => n % 60) from generate_series(1, 12000) as s (n)`)
    await db.run(sql`
      insert into doran.idempotency_keys (scope, fingerprint, created_at)
      select n::text, '', now() - make_interval(hours => n % 48) from generate_series(1, 12000) as s (n)`)

    await runJob(platform, 'doran/job:housekeeping', 'note')

    const counted = sql`
      select (select count(*) from doran.events) as events, (select count(*) from doran.inbox) as inbox,
             (select count(*) from doran.idempotency_keys) as keys`
    assert.deepEqual(await db.one(counted), { events: 6_000, inbox: 6_000, keys: 6_000 })
  })
})

describe('deleting in batches', () => {
  let bench: Workbench
  before(async () => {
    bench = await openWorkbench()
  })
  afterEach(() => bench.clear())
  after(() => bench.close())

  const deleteSome = (limit: number) =>
    bench.db.run(sql`delete from doran.tasks where id in (select id from doran.tasks limit ${limit})`)

  it('goes on until nothing is left', async () => {
    await bench.add('note/on:x', 25)
    const { signal } = new AbortController()

    await deleteInBatches(deleteSome, signal, 10)

    assert.equal(await bench.remaining(), 0)
  })

  it('stops when another process has the task', async () => {
    await bench.add('note/on:x', 25)
    const lease = new AbortController()
    const deleteAndLose = async (limit: number) => {
      lease.abort()
      return deleteSome(limit)
    }

    await assert.rejects(deleteInBatches(deleteAndLose, lease.signal, 10), { name: 'AbortError' })

    assert.equal(await bench.remaining(), 15)
  })
})
