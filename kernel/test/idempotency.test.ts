import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { sql } from '@doran/kernel'
import { startPlatform, type TestPlatform } from '@doran/kernel/testing'
import { noteService, noteWritten, printerService } from './note-service.ts'

describe('an idempotency key', () => {
  let platform: TestPlatform
  before(async () => {
    platform = await startPlatform({ services: [noteService, printerService] })
  })
  after(() => platform.close())

  const write = (id: string, key: string, text = 'x', as?: Awaited<ReturnType<TestPlatform['user']>>) =>
    platform.request('POST', `/api/notes/${id}`, { body: { text }, headers: { 'idempotency-key': key }, as })

  it('gives the same answer again and does nothing again', async () => {
    const first = await write('a', 'key-a')
    const again = await write('a', 'key-a')

    assert.deepEqual([again.status, again.body], [first.status, first.body])
    assert.equal((await platform.events(noteWritten)).filter(({ id }) => id === 'a').length, 1)
  })

  it('of twenty requests at once lets one work and gives all its answer', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => write('b', 'key-b')))

    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([201]))
    assert.equal(new Set(answers.map(({ body }) => JSON.stringify(body))).size, 1)
    assert.equal((await platform.events(noteWritten)).filter(({ id }) => id === 'b').length, 1)
  })

  it('without it the same twenty requests are twenty requests', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => platform.request('POST', '/api/notes/c', { body: { text: 'x' } })),
    )

    assert.equal(answers.filter(({ status }) => status === 409).length, 19)
  })

  it('is refused with a different body', async () => {
    await write('d', 'key-d')

    const { status, body } = await write('d', 'key-d', 'other')

    assert.deepEqual([status, body.code], [422, 'idempotency_key_reused'])
  })

  it('belongs to one caller', async () => {
    const [one, other] = [await platform.user(), await platform.user()]
    await write('e', 'key-e', 'x', one)

    const { status, body } = await write('e', 'key-e', 'x', other)

    assert.deepEqual([status, body.code], [409, 'note_taken'])
  })

  it('is free again after a refusal, which changed nothing', async () => {
    await write('f', 'key-f1')
    assert.equal((await write('f', 'key-f2')).status, 409)
    await platform.database('note').run(sql`delete from note.notes where id = 'f'`)

    assert.equal((await write('f', 'key-f2')).status, 201)
  })

  it('is forgotten after a day', async () => {
    await write('g', 'key-g')
    await platform.database('note').run(sql`
      update doran.idempotency_keys set created_at = now() - interval '25 hours' where scope like '%key-g'`)

    assert.equal((await write('g', 'key-g')).status, 409)
  })

  for (const key of ['two words', 'ü', 'x'.repeat(201)]) {
    it(`is refused when it is ${JSON.stringify(key.slice(0, 12))}`, async () => {
      const { status, body } = await write('h', key)

      assert.deepEqual([status, body.code], [400, 'idempotency_key_invalid'])
    })
  }
})
