import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { service } from '@doran/kernel'
import { contract, post, Type } from '@doran/kernel/contract'
import { startPlatform, type TestPlatform } from '@doran/kernel/testing'
import { Turns } from '../serving/turns.ts'

describe('pieces of long work', () => {
  it('run one after the other, with pauses for other work in between', async () => {
    const turns = new Turns()
    const done: string[] = []
    const last = Promise.withResolvers<void>()

    for (const piece of ['first', 'second', 'third']) {
      turns.take(() => {
        done.push(piece)
        if (piece === 'third') last.resolve()
      })
    }
    while (done.at(-1) !== 'first') await setImmediate()
    done.push('somebody else')
    await last.promise

    assert.deepEqual(done, ['first', 'somebody else', 'second', 'third'])
  })

  it('do not run once they are removed', async () => {
    const turns = new Turns()
    const done: string[] = []
    const last = Promise.withResolvers<void>()

    turns.take(() => done.push('first'))
    const leave = turns.take(() => done.push('second'))
    turns.take(last.resolve)
    leave()
    await last.promise

    assert.deepEqual(done, ['first'])
  })

  it('run again after all earlier ones were removed', async () => {
    const turns = new Turns()
    turns.take(() => {})()
    await setImmediate()
    const done = Promise.withResolvers<void>()

    turns.take(done.resolve)

    await done.promise
  })
})

describe('large bodies', () => {
  const LIMIT = 2_000_000
  const scale = contract('scale', {
    weigh: post('/weighed', { summary: 'x', access: 'anyone', body: Type.Object({}), bodyLimit: LIMIT }),
  })
  let platform: TestPlatform
  let weighed = 0
  before(async () => {
    platform = await startPlatform({
      services: [service(scale, { operations: { weigh: async () => void weighed++ } })],
      environment: { PORT: '0' },
    })
  })
  after(() => platform.close())

  it('of clients that have hung up meanwhile are not parsed', async () => {
    const port = await platform.listen()
    const body = `{"parts":[${'1,'.repeat(LIMIT / 2 - 20)}1]}`
    const request = `POST /api/weighed HTTP/1.1\r\nhost: doran\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`
    const clients = Array.from({ length: 20 }, () => connect(port, '127.0.0.1'))
    await Promise.all(
      clients.map((client) => new Promise((sent) => client.write(request.slice(0, -1), () => sent(undefined)))),
    )

    for (const client of clients) client.write('}')
    await Promise.race(clients.map((client) => once(client, 'data')))
    for (const client of clients) client.destroy()
    const { status } = await platform.request('POST', '/api/weighed', { body: JSON.parse(body) })

    assert.equal(status, 204)
    assert.ok(weighed < clients.length, `${weighed} were read`)
  })
})
