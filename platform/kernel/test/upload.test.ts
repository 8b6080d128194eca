import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { service } from '@doran/kernel'
import { contract, post, Type, Upload } from '@doran/kernel/contract'
import { startPlatform, type TestPlatform } from '@doran/kernel/testing'

const MIB = 1024 * 1024

const files = contract('note', {
  takeFile: post('/files', {
    summary: 'Take a file',
    body: Upload('text/csv', 'application/vnd.ms-excel'),
    bodyLimit: 10 * MIB,
    reply: Type.Object({ size: Type.Integer(), first: Type.Integer(), arrival: Type.Integer() }),
    access: 'anyone',
  }),
})

describe('a file as a body', () => {
  let platform: TestPlatform
  let gate = Promise.resolve()
  let arrivals = 0
  let arrived = () => {}

  before(async () => {
    const takeFile = async ({ body }: { body: { bytes: Buffer } }) => {
      const arrival = ++arrivals
      arrived()
      await gate
      return { size: body.bytes.length, first: body.bytes[0] ?? -1, arrival }
    }
    platform = await startPlatform({ services: [service(files, { operations: { takeFile } })] })
  })
  after(() => platform.close())

  const send = (payload: Buffer, headers: Record<string, string> = {}) =>
    platform.http
      .inject({ method: 'POST', url: '/api/files', payload, headers: { 'content-type': 'text/csv', ...headers } })
      .then((answer) => ({ status: answer.statusCode, ...answer.json() }))

  it('arrives as the bytes that were sent, under each media type that is declared', async () => {
    const answers = [
      await send(Buffer.from([0xff, 0x00, 0xfe])),
      await send(Buffer.from([7]), { 'content-type': 'application/vnd.ms-excel' }),
      await send(Buffer.alloc(0)),
    ]

    assert.deepEqual(
      answers.map(({ size, first }) => [size, first]),
      [
        [3, 0xff],
        [1, 7],
        [0, -1],
      ],
    )
  })

  it('is refused when it is larger than the operation accepts, or of another kind', async () => {
    const refused = [
      await send(Buffer.alloc(10 * MIB + 1)),
      await send(Buffer.from('{}'), { 'content-type': 'application/json' }),
    ]

    assert.deepEqual(
      refused.map(({ code }) => code),
      ['body_too_large', 'unsupported_media_type'],
    )
  })

  it('is answered once under an idempotency key, and another file under that key is refused', async () => {
    const headers = { 'idempotency-key': 'a-file-that-is-sent-twice-under-one-and-the-same-key' }

    const answers = [
      await send(Buffer.from('one'), headers),
      await send(Buffer.from('one'), headers),
      await send(Buffer.from('two'), headers),
    ]

    assert.equal(answers[0].arrival, answers[1].arrival)
    assert.equal(answers[2].code, 'idempotency_key_reused')
  })

  it('waits unread while the files of the process use all memory for uploads', async () => {
    const opened = Promise.withResolvers<void>()
    gate = opened.promise
    const before = arrivals
    const two = new Promise<void>((resolve) => {
      arrived = () => arrivals === before + 2 && resolve()
    })

    const large = [1, 2, 3, 4].map(() => send(Buffer.alloc(10 * MIB)))
    await two
    for (let turn = 0; turn < 20; turn++) await setImmediate()

    assert.equal(arrivals, before + 2)
    opened.resolve()
    assert.deepEqual(
      (await Promise.all(large)).map(({ size }) => size),
      [1, 2, 3, 4].map(() => 10 * MIB),
    )
  })
})
