import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import {
  type Context,
  job,
  on,
  publish,
  publishAll,
  type Queryable,
  saga,
  service,
  sql,
  startSaga,
  step,
} from '@doran/kernel'
import { contract, event, post, Type } from '@doran/kernel/contract'
import { listTasks } from '@doran/kernel/platform'
import { makeDue, startPlatform, type TestPlatform } from '@doran/kernel/testing'
import { until } from './workbench.ts'

const By = Type.Object({ name: Type.String() }, { additionalProperties: false })
const heard = event('herald.heard', Type.Object({ n: Type.Integer(), by: Type.Optional(By) }))
const herald = contract('herald', {
  ping: post('/herald/ping', { summary: 'Ping', access: 'internal', idempotent: true, body: Type.Object({}) }),
})

let platform: TestPlatform | undefined
afterEach(() => platform?.close())

async function open(
  parts: Omit<Parameters<typeof service>[1], 'operations'>,
  environment: Record<string, string> = {},
): Promise<Queryable> {
  platform = await startPlatform({
    services: [service(herald, { ...parts, operations: { async ping() {} } })],
    environment,
  })
  return platform.database('herald')
}

/** Writes a delivery as an earlier version may have left it. */
async function deliver(db: Queryable, data: object): Promise<void> {
  const envelope = { id: '01a1fcb8-1f49-7104-81b0-388a34f3a03d', name: heard.name, data }
  await db.run(sql`insert into doran.tasks (handler, payload) values ('herald/on:herald.heard', ${sql.json(envelope)})`)
  await db.run(sql`select pg_notify('doran_tasks', '')`)
}

describe('an event that is delivered', { timeout: 30_000 }, () => {
  it('reaches its handler with members that this version does not know', async () => {
    const got: unknown[] = []
    const db = await open({ subscriptions: [on(heard, async (data) => void got.push(data))] })

    const later = { n: 1, more: 'of it', by: { name: 'Kim', rank: 1 } }
    await deliver(db, later)
    await platform?.settled()

    assert.deepEqual(got, [later])
  })

  it('waits for an operator at once when it does not fit its schema, and its error says why', async () => {
    let runs = 0
    const db = await open({ subscriptions: [on(heard, async () => void runs++)] })

    await deliver(db, { m: 'of another shape' })
    const [dead] = await until(() => listTasks(db, 'dead'))

    assert.equal(runs, 0)
    assert.equal(dead?.attempts, 1)
    assert.match(dead?.last_error ?? '', /herald\.heard does not fit the schema .*"n":\["is missing"\]/)
  })

  it('can be part of a batch whose writes and deliveries are one transaction', async () => {
    const batches: number[][] = []
    const db = await open({
      subscriptions: [
        on(
          heard,
          async (all, ctx) => {
            batches.push(all.map(({ n }) => n))
            if (all.some(({ n }) => n === 3)) throw new Error('three is refused')
            await ctx.db.run(sql`insert into public.noted select unnest(${all.map(({ n }) => n)}::integer[])`)
          },
          { batch: 10, lane: 'bulk' },
        ),
      ],
    })
    await db.run(sql`create table public.noted (n integer)`)

    await platform?.database('herald').transaction((tx) =>
      publishAll(
        tx,
        heard,
        [1, 2, 3, 4].map((n) => ({ n })),
      ),
    )
    await until(
      async () =>
        (await db.one<{ count: number }>(sql`select count(*) from doran.tasks where handler like '%/on:%'`)).count ===
        1,
    )

    const noted = await db.all<{ n: number }>(sql`select n from public.noted order by n`)
    assert.deepEqual(
      noted.map(({ n }) => n),
      [1, 2, 4],
    )
    assert.deepEqual(batches[0]?.toSorted(), [1, 2, 3, 4])
  })
})

describe('the lanes of a process', { timeout: 30_000 }, () => {
  it('let a saga and events run while jobs and bulk events use all of their slots', async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    const done: string[] = []
    const asked = event('herald.asked', Type.Object({}))
    const listed = event('herald.listed', Type.Object({}))
    const toll = saga('toll', {
      version: 1,
      input: Type.Object({}),
      steps: [step('ring', { act: async () => done.push('saga') })],
    })
    const waits = async () => {
      await released
      done.push('what waits')
    }
    const jobs = ['one', 'two', 'three'].map((name) => job(name, { cron: '0 0 1 1 *', run: waits }))
    const db = await open(
      {
        jobs,
        sagas: [toll],
        subscriptions: [
          on(listed, waits, { lane: 'bulk' }),
          on(asked, async () => void done.push('urgent event'), { lane: 'urgent' }),
          on(heard, async () => void done.push('event')),
        ],
      },
      { TASK_CONCURRENCY: '1' },
    )
    await platform?.database('herald').transaction((tx) => publishAll(tx, listed, [{}, {}, {}]))
    await db.run(sql`update doran.tasks set run_at = now() where handler like 'herald/job:%'`)
    await db.run(sql`select pg_notify('doran_tasks', '')`)
    const held = sql`select count(*) from doran.tasks where run_at > now() and attempts = 1`
    await until(async () => (await db.one<{ count: number }>(held)).count === 2)

    await platform?.database('herald').transaction(async (tx) => {
      await startSaga(tx, toll, 'k', {})
      await publish(tx, asked, {})
      await publish(tx, heard, { n: 1 })
    })
    await until(() => done.length === 3)

    assert.deepEqual(done.toSorted(), ['event', 'saga', 'urgent event'])
    release()
  })
})

describe('a job', { timeout: 30_000 }, () => {
  const run = (db: Queryable) => makeDue(db, 'herald/job:long')

  it('that takes longer than a request has a full timeout for each call', async () => {
    const { promise: outcome, resolve, reject } = Promise.withResolvers<string>()
    const long = job('long', {
      cron: '0 0 1 1 *',
      async run(ctx: Context<undefined>) {
        try {
          const begun = ctx.deadline
          await ctx.client(herald).ping({})
          await until(() => begun.remaining === 0)
          await ctx.client(herald).ping({})
          resolve('answered')
        } catch (error) {
          reject(error)
        }
      },
    })
    const db = await open({ jobs: [long] }, { REQUEST_TIMEOUT_MS: '200' })

    await run(db)

    assert.equal(await outcome, 'answered')
  })

  it('can make no more calls once another process has taken it over', async () => {
    const { promise: begun, resolve: begin } = Promise.withResolvers<Context<undefined>>()
    const { promise: end, resolve: finish } = Promise.withResolvers<void>()
    let runs = 0
    const long = job('long', {
      cron: '0 0 1 1 *',
      async run(ctx: Context<undefined>) {
        if (++runs > 1) return
        begin(ctx)
        await end
      },
    })
    const db = await open({ jobs: [long] })
    await run(db)
    const ctx = await begun

    await db.run(sql`update doran.tasks set epoch = epoch + 1 where handler = 'herald/job:long'`)
    await until(() => ctx.deadline.signal.aborted)

    assert.equal(ctx.deadline.remaining, 0)
    await assert.rejects(ctx.client(herald).ping({}), { code: 'deadline_exceeded' })
    finish()
  })
})
