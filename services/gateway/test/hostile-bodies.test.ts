/** Malicious bodies must not make a service unavailable to other clients. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request as sendRequest } from 'node:http'
import { Readable } from 'node:stream'
import { after, afterEach, before, describe, it } from 'node:test'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { until } from '../../../platform/fleet/test/members.ts'
import { type Front, MB, openFront } from './front.ts'

/** More than the consecutive failures that eject an instance. */
const TIMES = 5

const BOMBS = [
  ['gzip', gzipSync(Buffer.alloc(2 * MB, ' '))],
  ['br', brotliCompressSync(Buffer.alloc(100 * MB, ' '))],
  ['deflate, gzip', Buffer.from('x')],
] as const

let front: Front
before(async () => {
  front = await openFront({ RATE_LIMIT_PER_IP: '100000' })
})
afterEach(() => front.clear())
after(() => front.close())

describe('a gateway in front of services', { timeout: 30_000 }, () => {
  const shelf = () => front.door.fleet.targets.of('shelf').peers()[0]

  function post(body: Buffer | ReadableStream, headers: Record<string, string> = {}) {
    return fetch(`${front.door.url}/api/shelf`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
      duplex: 'half',
    } as RequestInit)
  }

  async function assertShelfAnswers(): Promise<void> {
    const answer = await front.ask('/shelf', { method: 'POST', body: { id: 'a', title: 'b' } })
    assert.equal(answer.status, 201)
    assert.deepEqual([shelf()?.state, shelf()?.ejected], ['closed', false])
  }

  it('refuses compressed bodies without decompressing them and serves others', async () => {
    for (const [encoding, bomb] of BOMBS) {
      const answers = await Promise.all(
        Array.from({ length: TIMES }, () => post(bomb, { 'content-encoding': encoding })),
      )
      const codes = await Promise.all(answers.map(async (answer) => ((await answer.json()) as { code: string }).code))
      assert.deepEqual(codes, Array(TIMES).fill('unsupported_media_type'))
    }
    await assertShelfAnswers()
  })

  it('accepts a body with Content-Encoding identity', async () => {
    const answer = await post(Buffer.from('{"id":"a","title":"b"}'), { 'content-encoding': 'identity' })

    assert.equal(answer.status, 201)
  })

  it('refuses oversized bodies of unknown length and does not eject the service', async () => {
    const answers = await Promise.all(
      Array.from({ length: TIMES }, () => {
        const pieces = Array.from({ length: 48 }, () => Buffer.alloc(MB / 16, ' '))
        return post(Readable.toWeb(Readable.from(pieces)) as ReadableStream)
      }),
    )

    assert.deepEqual(
      answers.map(({ status }) => status),
      Array(TIMES).fill(413),
    )
    await assertShelfAnswers()
  })

  it('does not count aborted uploads as failures of the service', async () => {
    for (let time = 0; time < TIMES; time++) {
      const request = sendRequest(`${front.door.url}/api/shelf-scans`, {
        method: 'POST',
        headers: { 'content-type': 'text/plain', 'content-length': MB },
      })
      request.on('error', () => {})
      request.write(Buffer.alloc(MB / 4, 'x'))
      await until(() => (shelf()?.pending ?? 0) > 0)
      request.destroy()
      await until(() => shelf()?.pending === 0)
    }

    await assertShelfAnswers()
  })

  it('does not count uploads that a service refuses by hanging up as failures', async () => {
    const bulk = await front.impostor('bulk', (request) => {
      request.once('data', () => request.socket.destroy())
    })

    for (let time = 0; time < TIMES; time++) {
      const request = sendRequest(`${front.door.url}/api/bulk/bulk`, {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream', 'content-length': 20 * MB },
      })
      request.on('error', () => {})
      request.end(Buffer.alloc(20 * MB))
      const [{ statusCode }] = await once(request, 'response')
      assert.equal(statusCode, 504)
      request.destroy()
    }

    assert.equal(bulk.arrivals.length, TIMES)
    assert.equal(front.door.fleet.targets.of('bulk').peers()[0]?.state, 'closed')
  })
})
