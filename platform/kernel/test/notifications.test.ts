import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { sql } from '@doran/kernel'
import { createLog, Pool } from '@doran/kernel/platform'
import { createTestDatabase } from '@doran/kernel/testing'
import { Listener } from '../database/listener.ts'
import { postgresChannel } from '../service/channel.ts'
import { addTask, DUE_CHANNEL } from '../tasks/tasks.ts'
import { linkTo } from './link-to.ts'
import { until } from './workbench.ts'

const HEARTBEAT_MS = 200

type TestDatabase = Awaited<ReturnType<typeof createTestDatabase>>

let database: TestDatabase
const closing: (() => unknown)[] = []
before(async () => {
  database = await createTestDatabase([])
})
afterEach(async () => {
  while (closing.length > 0) await closing.pop()?.()
})
after(() => database.drop())

/** The parts of one process: a pool that notifies over its listener, and the payloads that it receives on `news`. */
async function open(url = database.url) {
  const listener = new Listener(url, HEARTBEAT_MS)
  const pool = new Pool(url, 3)
  pool.notifier = listener
  const heard: string[] = []
  listener.on('news', (payload) => void heard.push(payload))
  const channel = postgresChannel([listener], createLog('silent'))
  await listener.start()
  closing.push(
    () => pool.close(),
    () => listener.close(),
  )
  return { listener, pool, db: pool.at(0), heard, channel }
}

async function openLink() {
  const { link, url } = await linkTo(database.url)
  closing.push(() => link.close())
  return { link, url }
}

describe('a notification', { timeout: 30_000 }, () => {
  const news = (payload: string) => ({ channel: 'news', payload })

  it('reaches every process after the commit in the order of sending, and its own process at once', async () => {
    const [own, other] = [await open(), await open()]

    const inside = await own.pool.at(0).transaction(async (tx) => {
      tx.notify(news('first'))
      tx.notify(news('second'))
      await tx.run(sql`select 1`)
      return [...own.heard, ...other.heard]
    })
    const atCommit = [...own.heard]
    await until(() => other.heard.length === 2)

    assert.deepEqual(inside, [])
    assert.deepEqual(atCommit, ['first', 'second'])
    assert.deepEqual(other.heard, ['first', 'second'])
    assert.deepEqual(own.heard, ['first', 'second'])
  })

  it('of a transaction or a savepoint that is rolled back is never sent', async () => {
    const [own, other] = [await open(), await open()]
    const refuse = () => Promise.reject(new Error('no'))

    await own.pool.at(0).transaction(async (tx) => {
      tx.notify(news('kept'))
      await tx
        .transaction(async (nested) => {
          nested.notify(news('of the savepoint'))
          await refuse()
        })
        .catch(() => {})
    })
    await own.pool
      .at(0)
      .transaction(async (tx) => {
        tx.notify(news('of the transaction'))
        await refuse()
      })
      .catch(() => {})
    own.db.notify(news('last'))
    await until(() => other.heard.includes('last'))

    assert.deepEqual(other.heard, ['kept', 'last'])
  })

  it('goes with the statement that makes something due, and names its handler', async () => {
    const { db } = await open()
    const due: string[] = []
    const listener = new Listener(database.url)
    listener.on(DUE_CHANNEL, (payload) => void due.push(payload))
    await listener.start()
    closing.push(() => listener.close())

    await addTask(db, { handler: 'order/saga:checkout@1', payload: {} })
    await until(() => due.length === 1)

    assert.deepEqual(due, ['order/saga:checkout@1'])
  })

  it('is sent in few batches when there are thousands at once', async () => {
    const [own, other] = [await open(), await open()]
    const commits = async () =>
      (
        await other.db.one<{ n: number }>(sql`
        select pg_stat_clear_snapshot(), xact_commit as n from pg_stat_database where datname = current_database()`)
      ).n
    const before = await commits()

    for (let index = 0; index < 5_000; index++) own.db.notify(news(String(index)))
    await until(() => other.heard.length === 5_000)

    assert.deepEqual(other.heard.slice(-2), ['4998', '4999'])
    assert.ok((await commits()) - before < 1_000)
  })

  it('that cannot be sent during an outage is sent after it', async () => {
    const { link, url } = await openLink()
    const [own, other] = [await open(url), await open()]

    link.halfOpen()
    own.listener.notify(news('while it was away'))
    await until(() => own.heard.length === 1)
    link.heal()
    await until(() => other.heard.length > 0)

    assert.equal(other.heard[0], 'while it was away')
  })

  it('makes all processes look again when too many are queued', async () => {
    const { link, url } = await openLink()
    const [own, other] = [await open(url), await open()]
    const looked = new Promise<void>((resolve) => other.listener.onReconnect(resolve))

    link.halfOpen()
    for (let index = 0; index < 20_002; index++) own.listener.notify(news(String(index)))
    link.heal()

    await looked
  })
})

describe('the channel', { timeout: 30_000 }, () => {
  it('survives a subscriber that throws, and still delivers to the others', async () => {
    const { channel, db } = await open()
    const heard: unknown[] = []
    channel.subscribe('chat', () => {
      throw new Error('a mistake in one subscriber')
    })
    channel.subscribe('chat', (message) => heard.push(message))

    await channel.publish(db, 'chat', { text: 'hello' })

    assert.deepEqual(heard, [{ text: 'hello' }])
  })

  it('ignores notifications of other programs on its channel', async () => {
    const { channel, db } = await open()
    const stranger = new Pool(database.url, 1)
    closing.push(() => stranger.close())
    const heard: unknown[] = []
    channel.subscribe('chat', (message) => heard.push(message))

    for (const payload of ['hello', '{"topic":', 'null', '{"no":"topic"}']) {
      await stranger.at(0).run(sql`select pg_notify('doran_channel', ${payload})`)
    }
    await stranger
      .at(0)
      .run(sql`select pg_notify('doran_channel', '{"topic":"chat","message":"of an earlier version"}')`)
    await until(() => heard.length > 0)

    assert.deepEqual(heard, ['of an earlier version'])
    assert.deepEqual(await db.all(sql`select 1 as alive`), [{ alive: 1 }])
  })

  it('refuses a message that is too long for PostgreSQL', async () => {
    const { channel, db } = await open()

    await assert.rejects(channel.publish(db, 'chat', 'x'.repeat(7_000)), /a message on chat is over 7 kB/)
  })
})
