import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Context, contract, domainError, event, get, on, post, publish, type SagaFailure, saga, service, type Static, sql, startSaga, step, type Transaction, Type } from '@doran/kernel'
import { startPlatform, type TestPlatform } from '@doran/kernel/testing'

const outOfInk = domainError('out_of_ink', 409, 'There is no ink left for {pages} pages.')
const noted = event('note.noted', Type.Object({ id: Type.String(), text: Type.String() }))
const note = contract('note', {
  write: post('/notes/:id', { summary: 'Write', access: 'anyone', body: Type.Object({ text: Type.String({ minLength: 1 }) }), reply: Type.Object({ id: Type.String(), length: Type.Integer() }), status: 201 }),
  read: get('/notes/:id', { summary: 'Read', access: 'user', reply: Type.Object({ text: Type.String() }) }),
})
const printer = contract('printer', {
  print: post('/printer/jobs', { summary: 'Print', access: 'internal', idempotent: true, body: Type.Object({ pages: Type.Integer() }), reply: Type.Object({ printed: Type.Integer() }) }),
})
const Pages = Type.Object({ id: Type.String(), pages: Type.Integer() })
type Pages = Static<typeof Pages>

async function mark({ id }: Pages, tx: Transaction): Promise<void> {
  await tx.run(sql`update note.notes set state = 'marked' where id = ${id}`)
}

async function markFailed({ id }: Pages, ctx: Context<undefined>, reason: SagaFailure): Promise<void> {
  await ctx.db.run(sql`update note.notes set state = ${reason.code} where id = ${id}`)
}

async function print({ pages }: Pages, ctx: Context<undefined>): Promise<unknown> {
  return ctx.client(printer).print({ pages })
}

async function markPrinted({ id }: Pages, tx: Transaction): Promise<void> {
  await tx.run(sql`update note.notes set state = 'printed' where id = ${id}`)
}

const publishing = saga('publishing', {
  version: 1,
  input: Pages,
  steps: [
    step('mark', { record: mark, undo: markFailed }),
    step('print', { act: print }),
    step('finish', { record: markPrinted }),
  ],
})

const noteService = service(note, {
  operations: {
    async write({ id, text }, ctx) {
      return ctx.db.transaction(async (tx) => {
        await tx.run(sql`insert into note.notes (id, text) values (${id}, ${text})`)
        await publish(tx, noted, { id, text })
        await startSaga(tx, publishing, id, { id, pages: text.length })
        return { id, length: text.length }
      })
    },
    async read({ id }, ctx) {
      return ctx.db.one<{ text: string }>(sql`select text from note.notes where id = ${id}`)
    },
  },
  sagas: [publishing],
  migrations: new URL('./migrations/', import.meta.url),
})
const heard: string[] = []
const printerService = service(printer, {
  operations: {
    async print({ pages }) {
      if (pages > 10) throw outOfInk({ pages })
      return { printed: pages }
    },
  },
  subscriptions: [on(noted, async ({ text }) => void heard.push(text))],
})

describe('a platform', () => {
  let platform: TestPlatform
  before(async () => { platform = await startPlatform({ services: [noteService, printerService] }) })
  after(() => platform.close())

  it('runs a purchase-like flow', async () => {
    const written = await platform.request('POST', '/api/notes/a', { body: { text: 'hello' }, headers: { 'idempotency-key': 'k1' } })
    assert.deepEqual([written.status, written.body], [201, { id: 'a', length: 5 }])
    const again = await platform.request('POST', '/api/notes/a', { body: { text: 'hello' }, headers: { 'idempotency-key': 'k1' } })
    assert.deepEqual([again.status, again.body], [201, { id: 'a', length: 5 }])
    await platform.settled()
    assert.deepEqual(heard, ['hello'])
    assert.equal((await platform.database('note').one<{ state: string }>(sql`select state from note.notes where id = 'a'`)).state, 'printed')
    await platform.request('POST', '/api/notes/b', { body: { text: 'hello hello hello' } })
    await platform.settled()
    assert.equal((await platform.database('note').one<{ state: string }>(sql`select state from note.notes where id = 'b'`)).state, 'out_of_ink')
    assert.equal((await platform.request('GET', '/api/notes/a')).status, 401)
    const user = await platform.user()
    assert.deepEqual(await platform.api(note, user).read({ id: 'a' }), { text: 'hello' })
    const bad = await platform.request('POST', '/api/notes/c', { body: { text: '' } })
    assert.deepEqual([bad.status, bad.body.code, bad.body.errors], [422, 'validation_failed', { text: ['must NOT have fewer than 1 characters'] }])
  })
})
