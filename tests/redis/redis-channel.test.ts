/** What a process learns about messages that it may have missed while Redis was away. */
import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { type RedisChannel, redisChannel } from '@doran/fleet/redis-channel'
import { createLog } from '@doran/kernel/platform'
import { Redis } from 'ioredis'
import { openRedisAndDatabase, type RedisAndDatabase, until } from './redis-and-database.ts'

describe('hints over a Redis that comes and goes', () => {
  let place: RedisAndDatabase
  let lines: { level: string; msg: string; err?: { message: string } }[]
  let opened: RedisChannel[]
  const destination = { write: (line: string) => lines.push(JSON.parse(line)) }

  before(async () => {
    place = await openRedisAndDatabase()
  })
  after(() => place.close())
  beforeEach(() => {
    lines = []
    opened = []
  })
  afterEach(() => Promise.all(opened.map((channel) => channel.close())))

  async function open(url = place.redis.url): Promise<RedisChannel> {
    const channel = await redisChannel(url, createLog('info', { destination }))
    opened.push(channel)
    return channel
  }

  /** Runs a command on the server as an operator would. */
  async function operate(...command: [string, ...string[]]): Promise<unknown> {
    const operator = new Redis(place.redis.url)
    try {
      return await operator.call(...command)
    } finally {
      operator.disconnect()
    }
  }

  /** Resolves at the channel's next gap. */
  const gapOf = (channel: RedisChannel) => new Promise<void>((resolve) => channel.onGap(resolve))

  it('can be sent as soon as the channel is open', async () => {
    for (let turn = 0; turn < 20; turn++) {
      const channel = await open()
      const heard = new Promise((resolve) => channel.subscribe('news', resolve))
      await channel.publish(place.pool.at(0), 'news', turn)
      assert.equal(await within(heard, `turn ${turn}`), turn)
    }
  })

  it('are received as soon as the gap was reported', async () => {
    const listening = await open()
    const sending = await open()
    for (let turn = 0; turn < 20; turn++) {
      const heard = new Promise((resolve) => listening.subscribe('news', resolve))
      const told = gapOf(listening)
      await operate('CLIENT', 'KILL', 'TYPE', 'pubsub')
      await within(told, 'the gap')
      await sending.publish(place.pool.at(0), 'news', turn)
      assert.equal(await within(heard, `turn ${turn}`), turn)
    }
  })

  it('may have been missed by a process that started while Redis was away, so it gets a gap', async () => {
    await place.redis.stop()
    const channel = await open()
    const told = gapOf(channel)
    await channel.publish(place.pool.at(0), 'news', 'lost')
    await place.redis.start()
    await within(told, 'the gap')

    // The channel listens again; its connection for sending may come back a moment later.
    const sending = await open()
    const heard = new Promise((resolve) => channel.subscribe('news', resolve))
    await sending.publish(place.pool.at(0), 'news', 'again')
    assert.equal(await within(heard, 'the message'), 'again')
  })

  it('that only the sender lost cause a gap everywhere', async () => {
    const [sending, listening] = [await open(), await open()]
    const told = gapOf(listening)
    await operate('CLIENT', 'KILL', 'TYPE', 'normal')
    // The connection ends now or in a moment; messages sent until it is back are lost.
    for (let turn = 0; turn < 20; turn++) {
      await sending.publish(place.pool.at(0), 'news', turn)
      await pause(2)
    }
    await within(told, 'the gap')
  })

  it('that an unresponsive server does not confirm count as lost', async () => {
    const [sending, listening] = [await open(), await open()]
    const told = gapOf(listening)
    await operate('CLIENT', 'PAUSE', '3000', 'ALL')
    await sending.publish(place.pool.at(0), 'news', 'who knows')
    await within(told, 'the gap')

    assert.match(lines[0]?.err?.message ?? '', /Socket timeout/)
  })

  it('are logged once at the beginning of an outage and once at its end', async () => {
    const channel = await open()
    const told = gapOf(channel)
    await place.redis.stop()
    for (let turn = 0; turn < 20; turn++) {
      await channel.publish(place.pool.at(0), 'news', turn)
      await pause(50)
    }
    await place.redis.start()
    await within(told, 'the gap')
    await until(() => lines.length >= 2)
    await pause(300)

    assert.deepEqual(
      lines.map(({ level }) => level),
      ['warn', 'info'],
    )
  })

  it('that Redis refuses are logged with the reason', async () => {
    await operate('ACL', 'SETUSER', 'narrow', 'on', '>secret', '+@all', '~*', 'resetchannels')
    const channel = await open(place.redis.url.replace('//', '//narrow:secret@'))
    await channel.publish(place.pool.at(0), 'news', 'refused')
    await until(() => lines.length > 0)

    assert.equal(lines.length, 1)
    assert.match(lines[0]?.err?.message ?? '', /NOPERM/)
    assert.match(lines[0]?.msg ?? '', /SUBSCRIBE and PUBLISH on the channel doran/)
  })

  it('from other programs are ignored', async () => {
    const channel = await open()
    const heard = new Promise((resolve) => channel.subscribe('news', resolve))
    for (const text of ['hello', 'null', '5', '{}', '{"topic":5}']) await operate('PUBLISH', 'doran', text)
    await channel.publish(place.pool.at(0), 'news', 'ours')

    assert.equal(await within(heard, 'the message'), 'ours')
  })
})

async function within<T>(result: Promise<T>, what: string): Promise<T> {
  const late = pause(10_000, undefined, { ref: false }).then(() => {
    throw new Error(`${what} did not come within ten seconds`)
  })
  return Promise.race([result, late])
}
