import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { openRedis } from '@doran/fleet'
import { redisChannel } from '@doran/fleet/redis-channel'
import { gatewayConfig, publicDoor } from '@doran/gateway'
import { service, sql } from '@doran/kernel'
import { contract, get, Type } from '@doran/kernel/contract'
import { createLog, readConfig } from '@doran/kernel/platform'
import { startPlatform } from '@doran/kernel/testing'
import { openRedisAndDatabase, type RedisAndDatabase, until } from './redis-and-database.ts'
import { type RedisServer, startRedis } from './redis-server.ts'

const log = createLog('silent')

describe('the channel over Redis', () => {
  let place: RedisAndDatabase
  before(async () => {
    place = await openRedisAndDatabase()
  })
  after(() => place.close())

  async function twoChannels() {
    const [one, other] = [await redisChannel(place.redis.url, log), await redisChannel(place.redis.url, log)]
    return { one, other, close: () => Promise.all([one.close(), other.close()]) }
  }

  it('delivers a message to every process, including the sender', async () => {
    const { one, other, close } = await twoChannels()
    const heard: unknown[] = []
    one.subscribe('news', (message) => heard.push(['one', message]))
    other.subscribe('news', (message) => heard.push(['other', message]))
    other.subscribe('else', () => heard.push('wrong'))

    await one.publish(place.pool.at(0), 'news', { text: '안녕' })
    await until(() => heard.length === 2)

    assert.deepEqual(heard.sort(), [
      ['one', { text: '안녕' }],
      ['other', { text: '안녕' }],
    ])
    await close()
  })

  it('sends messages with the commit, and none that were rolled back', async () => {
    const { one, other, close } = await twoChannels()
    const heard: unknown[] = []
    other.subscribe('news', (message) => heard.push(message))

    await place.pool
      .at(0)
      .transaction(async (tx) => {
        await one.publish(tx, 'news', 'rolled back')
        throw new Error('no')
      })
      .catch(() => {})
    await place.pool.at(0).transaction(async (tx) => {
      await tx.transaction(async (inner) => one.publish(inner, 'news', 'kept'))
      await tx
        .transaction(async (inner) => {
          await one.publish(inner, 'news', 'of a savepoint that is gone')
          throw new Error('no')
        })
        .catch(() => {})
      await one.publish(tx, 'news', 'committed')
      await tx.run(sql`select 1`)
      await pause(50)
      assert.deepEqual(heard, [])
    })
    await until(() => heard.length === 2)
    await pause(50)

    assert.deepEqual(heard, ['kept', 'committed'])
    await close()
  })

  it('loses hints while Redis is away, fails no caller, and reports a gap to everyone', async () => {
    const { one, other, close } = await twoChannels()
    const heard: unknown[] = []
    let gaps = 0
    other.subscribe('news', (message) => heard.push(message))
    other.onGap(() => gaps++)

    await place.redis.stop()
    await one.publish(place.pool.at(0), 'news', 'lost')
    await place.redis.start()
    await until(() => gaps > 0)
    await until(async () => {
      await one.publish(place.pool.at(0), 'news', 'again')
      return heard.includes('again')
    })

    assert.ok(!heard.includes('lost'))
    await close()
  })
})

describe('rate limits', () => {
  let redis: RedisServer
  before(async () => {
    redis = await startRedis()
  })
  after(() => redis.stop())

  const echo = service(
    contract('echo', { say: get('/echo', { summary: 'Say', access: 'anyone', reply: Type.Object({}) }) }),
    { operations: { say: async () => ({}) } },
  )

  async function openGateway(url: string) {
    const [config] = readConfig([gatewayConfig], { RATE_LIMIT_PER_IP: '10' })
    const client = await openRedis(url, log)
    await until(() => client.status === 'ready' || client.status === 'reconnecting')
    const api = {
      openapi: '3.1.0',
      info: { title: '', version: '', description: '' },
      tags: [],
      paths: {},
      components: {},
    } as const
    const platform = await startPlatform({
      services: [echo],
      edge: publicDoor({ config, api: { ...api, tags: [] }, errors: [], redis: client }),
    })
    return {
      ask: () => platform.request('GET', '/api/echo'),
      close: () => platform.close().then(() => client.disconnect()),
    }
  }

  it('are counted across all gateways', async () => {
    const gateways = [await openGateway(redis.url), await openGateway(redis.url)]
    const answers: number[] = []
    for (let turn = 0; turn < 14; turn++) answers.push((await gateways[turn % 2]?.ask())?.status as number)

    assert.deepEqual(answers, [...Array(10).fill(200), ...Array(4).fill(429)])
    await Promise.all(gateways.map((gateway) => gateway.close()))
  })

  it('are not counted while Redis is away, and nobody is refused', async () => {
    const gateway = await openGateway(redis.url)
    await redis.stop()
    const answers: number[] = []
    for (let turn = 0; turn < 14; turn++) answers.push((await gateway.ask()).status)

    assert.deepEqual([...new Set(answers)], [200])
    await gateway.close()
    await redis.start()
  })
})
