import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import { job, on, publish, type Queryable, saga, service, sql, step } from '@doran/kernel'
import { contract, event, Type } from '@doran/kernel/contract'
import { createLog, createPlatform, type Platform, type Service } from '@doran/kernel/platform'
import { createIssuer, createTestDatabase, makeDue, settled } from '@doran/kernel/testing'
import { until } from './workbench.ts'

const told = event('pub.told', Type.Object({ n: Type.Integer() }))
const shouted = event('pub.shouted', Type.Object({ n: Type.Integer() }))
const pub = service(contract('pub', {}), { operations: {} })

type TestDatabase = Awaited<ReturnType<typeof createTestDatabase>>
const closing: (() => unknown)[] = []
afterEach(async () => {
  while (closing.length > 0) await closing.pop()?.()
})

async function openDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase([])
  closing.push(database.drop)
  return database
}

interface Running extends Platform {
  publish(n: number): Promise<void>
}

async function open(
  services: readonly Service[],
  { url }: TestDatabase,
  environment: Record<string, string> = {},
): Promise<Running> {
  const issuer = await createIssuer()
  const platform = await createPlatform({
    services,
    environment: { DATABASE_POOL_SIZE: '8', ...environment },
    databaseUrl: url,
    identity: () => issuer.source,
    log: createLog('silent'),
  })
  closing.push(() => platform.close())
  const tell = (n: number) => platform.database('pub').transaction((tx) => publish(tx, told, { n }))
  return { ...platform, publish: tell }
}

/** A version of a service that subscribes to `events`, and the events that it has received. */
function listening(...events: (typeof told)[]) {
  const heard: number[] = []
  const subscriptions = events.map((one) => on(one, async ({ n }) => void heard.push(n)))
  return { heard, version: service(contract('sub', {}), { operations: {}, subscriptions }) }
}

const subscriptionsIn = async (db: Queryable) =>
  (await db.all<{ handler: string }>(sql`select handler from doran.subscriptions order by handler`)).map(
    ({ handler }) => handler,
  )
const tasksIn = (db: Queryable) =>
  db.all<{ handler: string; state: string }>(sql`select handler, state from doran.tasks where key is null`)

describe('a subscription', { timeout: 60_000 }, () => {
  it('ends when a version starts that no longer has it, and its events leave no task', async () => {
    const database = await openDatabase()
    const before = await open([pub, listening(told).version], database)
    await before.close()

    const after = await open([pub, listening().version], database)
    await after.publish(1)

    assert.deepEqual(await tasksIn(after.database('pub')), [])
    assert.deepEqual(await subscriptionsIn(after.database('pub')), [])
  })

  it('stays while a process of an earlier version has it, and ends at the next start', async () => {
    const database = await openDatabase()
    const old = listening(told)
    const earlier = await open([pub, old.version], database)
    const { heard, version } = listening(shouted)

    const later = await open([pub, version], database)
    await later.publish(1)
    await until(() => old.heard.length === 1)
    await earlier.close()
    await open([pub, version], database)

    assert.deepEqual([old.heard, heard], [[1], []])
    assert.deepEqual(await subscriptionsIn(later.database('pub')), ['sub/on:pub.shouted'])
  })

  it('of a later version outlives the restart of an earlier one', async () => {
    const database = await openDatabase()
    const later = await open([pub, listening(told, shouted).version], database)

    await open([pub, listening(told).version], database)

    assert.deepEqual(await subscriptionsIn(later.database('pub')), ['sub/on:pub.shouted', 'sub/on:pub.told'])
  })

  it('receives each event once when its service moves into the publisher’s database', async () => {
    const [shared, own] = [await openDatabase(), await openDatabase()]
    const { heard, version } = listening(told)
    const apart = await open([pub, version], shared, { SUB_DATABASE_URL: own.url })
    await apart.publish(1)
    await until(() => heard.length === 1)
    await apart.close()

    const together = await open([pub, version], shared)
    await together.publish(2)
    await until(() => heard.length === 2)
    await settled([together.database('pub')])

    assert.deepEqual(heard, [1, 2])
    assert.deepEqual(await subscriptionsIn(together.database('pub')), ['sub/on:pub.told'])
  })

  it('receives each event once when its service moves out, including waiting ones', async () => {
    const [shared, own] = [await openDatabase(), await openDatabase()]
    const { heard, version } = listening(told)
    const together = await open([pub, version], shared)
    await together.close()
    const alone = await open([pub], shared)
    await alone.publish(1)
    await alone.close()

    const apart = await open([pub, version], shared, { SUB_DATABASE_URL: own.url })
    await apart.publish(2)
    await until(() => heard.length === 2)
    await settled([apart.database('pub'), apart.database('sub')])

    assert.deepEqual(heard.toSorted(), [1, 2])
    assert.deepEqual(await subscriptionsIn(apart.database('pub')), ['relay/sub/on:pub.told'])
  })

  it('ends in the publisher’s database, too, when that is another one', async () => {
    const [shared, own] = [await openDatabase(), await openDatabase()]
    const before = await open([pub, listening(told).version], shared, { SUB_DATABASE_URL: own.url })
    await before.close()

    const after = await open([pub, listening().version], shared, { SUB_DATABASE_URL: own.url })
    await after.publish(1)

    assert.deepEqual(await subscriptionsIn(after.database('pub')), [])
    assert.deepEqual(await subscriptionsIn(after.database('sub')), [])
    assert.deepEqual(await tasksIn(after.database('pub')), [])
  })

  it('carries its lane to the publisher, and its next version changes it there', async () => {
    const [shared, own] = [await openDatabase(), await openDatabase()]
    const inLane = (lane: 'urgent' | 'bulk') =>
      service(contract('sub', {}), { operations: {}, subscriptions: [on(told, async () => {}, { lane })] })
    const before = await open([pub, inLane('bulk')], shared, { SUB_DATABASE_URL: own.url })
    await before.close()

    const after = await open([pub, inLane('urgent')], shared, { SUB_DATABASE_URL: own.url })

    for (const name of ['pub', 'sub']) {
      assert.deepEqual(await after.database(name).all(sql`select lane from doran.subscriptions`), [{ lane: 'urgent' }])
    }
  })
})

describe('a task with an unknown handler', { timeout: 60_000 }, () => {
  const printing = saga('printing', { version: 2, input: Type.Object({}), steps: [step('print', {})] })
  const clean = job('clean', { cron: '0 0 1 1 *', run: async () => {} })
  const printer = service(contract('pub', {}), { operations: {}, sagas: [printing], jobs: [clean] })

  async function runUpkeep(db: Queryable): Promise<void> {
    await makeDue(db, 'pub/job:upkeep')
    await until(async () => {
      const { due } = await db.one<{ due: boolean }>(sql`
        select run_at <= now() or attempts > 0 as due from doran.tasks where handler = 'pub/job:upkeep'`)
      return !due
    })
  }

  const addOverdue = (db: Queryable, handler: string, key: string | null = null) =>
    db.run(sql`
      insert into doran.tasks (handler, key, payload, run_at) values (${handler}, ${key}, '{}', now() - interval '25 hours')`)

  it('is dead after a day, with the reason; the row of a removed job is deleted', async () => {
    const platform = await open([printer], await openDatabase())
    const db = platform.database('pub')
    await addOverdue(db, 'pub/on:other.removed')
    await addOverdue(db, 'pub/saga:printing@1')
    await addOverdue(db, 'pub/job:renamed', 'plan')

    await runUpkeep(db)

    const parked = await db.all<{ handler: string; last_error: string }>(sql`
      select handler, last_error from doran.tasks where state = 'dead' order by handler`)
    assert.deepEqual(
      parked.map(({ handler }) => handler),
      ['pub/on:other.removed', 'pub/saga:printing@1'],
    )
    assert.match(parked[0]?.last_error ?? '', /No version of pub that runs has the handler pub\/on:other\.removed/)
    assert.deepEqual(await db.all(sql`select 1 from doran.tasks where handler = 'pub/job:renamed'`), [])
  })

  it('waits while it is younger, and without limit while its service does not run', async () => {
    const platform = await open([printer], await openDatabase())
    const db = platform.database('pub')
    await db.run(
      sql`insert into doran.tasks (handler, payload, run_at) values ('pub/on:new.version', '{}', now() - interval '2 hours')`,
    )
    await addOverdue(db, 'absent/on:pub.told')

    await runUpkeep(db)

    assert.deepEqual(
      (await tasksIn(db)).toSorted((one, other) => one.handler.localeCompare(other.handler)),
      [
        { handler: 'absent/on:pub.told', state: 'ready' },
        { handler: 'pub/on:new.version', state: 'ready' },
      ],
    )
  })
})
