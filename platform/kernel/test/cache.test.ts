import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Channel, sql } from '@doran/kernel'
import { createLog, Pool } from '@doran/kernel/platform'
import { createTestDatabase } from '@doran/kernel/testing'
import { Listener } from '../database/listener.ts'
import { CacheStore, encodeJson } from '../service/cache.ts'
import { postgresChannel } from '../service/channel.ts'

describe('the cache', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>
  let pool: Pool
  const listeners: Listener[] = []
  before(async () => {
    database = await createTestDatabase([])
    pool = new Pool(database.url, 5)
  })
  after(async () => {
    await Promise.all(listeners.map((listener) => listener.close()))
    await pool.close()
    await database.drop()
  })

  /** The cache of one process. */
  async function process(entries = 100) {
    const listener = new Listener(database.url)
    listeners.push(listener)
    const channel = postgresChannel([listener], createLog('silent'))
    const cache = new CacheStore(channel, entries).of('test')
    await listener.start()
    return { cache, channel, listener }
  }

  it('loads a missing key once for a thousand callers', async () => {
    const { cache } = await process()
    let loads = 0
    const load = async () => ({ loads: ++loads })

    await Promise.all(Array.from({ length: 1_000 }, () => cache.get('key', load)))

    assert.equal(loads, 1)
  })

  it('does not keep a failure', async () => {
    const { cache } = await process()

    await assert.rejects(cache.get('key', () => Promise.reject(new Error('no'))))

    assert.equal(await cache.get('key', async () => 'yes'), 'yes')
  })

  it('loads all missing keys at once, and keeps no key that was not found', async () => {
    const { cache } = await process()
    const loads: string[][] = []
    const load = async (missing: string[]) => {
      loads.push(missing)
      return new Map(missing.filter((key) => key !== 'nobody').map((key) => [key, `value of ${key}`]))
    }
    await cache.get('a', async () => 'value of a')

    const found = await cache.getAll(['a', 'b', 'c', 'nobody'], load)
    const again = await cache.getAll(['a', 'b', 'c', 'nobody'], load)

    assert.deepEqual(
      [...found],
      [...'abc'].map((key) => [key, `value of ${key}`]),
    )
    assert.deepEqual(again, found)
    assert.deepEqual(loads, [['b', 'c', 'nobody'], ['nobody']])
  })

  it('fails for all keys of a load that failed, and loads them again', async () => {
    const { cache } = await process()

    await assert.rejects(cache.getAll(['x', 'y'], () => Promise.reject(new Error('no'))))

    assert.equal((await cache.getAll(['x', 'y'], async () => new Map([['y', 1]]))).get('y'), 1)
  })

  it('forgets a key at the commit of the process that changes it, and never before', async () => {
    const { cache } = await process()
    await cache.get('own', async () => 'old')

    await pool.at(0).transaction(async (tx) => {
      await cache.invalidate(tx, ['own'])
      assert.equal(await cache.get('own', async () => 'too early'), 'old')
    })

    assert.equal(await cache.get('own', async () => 'new'), 'new')
  })

  it('forgets in every process what a transaction has changed, once it commits', async () => {
    const [one, other] = [await process(), await process()]
    const heard = new Promise<void>((resolve) => other.channel.subscribe('cache', () => resolve()))
    for (const { cache } of [one, other]) await cache.get('list:a', async () => 'old')

    await pool.at(0).transaction(async (tx) => {
      await one.cache.invalidate(tx, ['list:*'])
      assert.equal(await other.cache.get('list:a', async () => 'new'), 'old')
    })
    await heard

    assert.equal(await other.cache.get('list:a', async () => 'new'), 'new')
  })

  it('drops a load that was under way when its key was invalidated', async () => {
    const { cache, channel } = await process()
    const { promise, resolve } = Promise.withResolvers<string>()
    const heard = new Promise<void>((done) => channel.subscribe('cache', () => done()))
    const early = cache.get('key', () => promise)
    await cache.invalidate(pool.at(0), ['key'])
    await heard
    resolve('read before the change')

    assert.equal(await early, 'read before the change')
    assert.equal(await cache.get('key', async () => 'read after it'), 'read after it')
  })

  it('forgets everything when it may have missed a message', async () => {
    const { cache, channel } = await process()
    await cache.get('key', async () => 'old')
    const back = new Promise<void>((resolve) => channel.onGap(resolve))

    await pool.at(0).run(sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'doran listener' and datname = current_database()`)
    await back

    assert.equal(await cache.get('key', async () => 'new'), 'new')
  })

  it('invalidates any number of keys in every process', async () => {
    const [one, other] = [await process(), await process(1_000)]
    const keys = Array.from({ length: 500 }, (_, index) => `product:a-name-that-is-rather-long-${index}`)
    for (const key of [...keys, 'another']) await other.cache.get(key, async () => 'old')
    const told = toldOf(other.channel, keys.length)

    await pool.at(0).transaction((tx) => one.cache.invalidate(tx, keys))
    const messages = await told

    assert.ok(messages.length > 1)
    for (const key of keys) assert.equal(await other.cache.get(key, async () => 'new'), 'new')
    assert.equal(await other.cache.get('another', async () => 'new'), 'old')
  })

  it('invalidates all keys of a service in every process when there are too many to name', async () => {
    const [one, other] = [await process(), await process()]
    const keys = Array.from({ length: 5_000 }, (_, index) => `product:a-name-that-is-rather-long-${index}`)
    await other.cache.get('another', async () => 'old')
    const told = toldOf(other.channel, 1)

    await pool.at(0).transaction((tx) => one.cache.invalidate(tx, keys))

    assert.deepEqual(await told, [['test:*']])
    assert.equal(await other.cache.get('another', async () => 'new'), 'new')
  })

  it('can invalidate a key that is longer than any message', async () => {
    const [one, other] = [await process(), await process()]
    const long = 'x'.repeat(10_000)
    await other.cache.get(long, async () => 'old')
    const told = toldOf(other.channel, 1)

    await one.cache.invalidate(pool.at(0), [long])
    await told

    assert.equal(await other.cache.get(long, async () => 'new'), 'new')
  })

  it('protects shared values from changes', async () => {
    const { cache } = await process()
    const bytes = Buffer.from('bytes')
    const value = await cache.get('shared', async () => ({ tags: ['one'], deep: { list: [{ a: 1 }] }, bytes }))
    const [found] = (await cache.getAll(['b'], async () => new Map([['b', { tags: ['one'] }]]))).values()

    assert.throws(() => value.tags.push('mine'), TypeError)
    assert.throws(() => Object.assign(value.deep.list[0] as object, { a: 2 }), TypeError)
    assert.throws(() => found?.tags.push('mine'), TypeError)
    assert.deepEqual(value, { tags: ['one'], deep: { list: [{ a: 1 }] }, bytes })
  })

  it('encodes a value as JSON once', async () => {
    const { cache } = await process()
    let reads = 0
    const value = {
      get expensive() {
        return ++reads
      },
    }

    const cached = await cache.get('json', async () => value)

    assert.equal(encodeJson(cached), encodeJson(cached))
    assert.equal(reads, 1)
  })
})

/** Collects messages of the cache until they name `keys` keys. */
function toldOf(channel: Channel, keys: number): Promise<string[][]> {
  return new Promise((resolve) => {
    const messages: string[][] = []
    channel.subscribe('cache', (message) => {
      messages.push(message as string[])
      if (messages.flat().length >= keys) resolve(messages)
    })
  })
}
