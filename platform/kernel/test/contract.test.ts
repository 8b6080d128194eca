import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { service, validate } from '@doran/kernel'
import { type Client, contract, get, post, Type } from '@doran/kernel/contract'
import { startPlatform } from '@doran/kernel/testing'
import { toRequest } from '../contract/client.ts'
import type { Operation } from '../contract/contract.ts'
import { note } from './note-service.ts'

describe('a contract', () => {
  it('tells the client which part of a flat input goes where', () => {
    const write = note.operations.writeNote as Operation
    const list = note.operations.listNotes as Operation

    assert.deepEqual(toRequest(write, { id: 'a/b', text: 'x' }), {
      method: 'POST',
      url: '/api/notes/a%2Fb',
      headers: { 'content-type': 'application/json' },
      body: '{"text":"x"}',
    })
    assert.equal(
      toRequest(note.operations.signNote as Operation, { id: 'a', name: 'Kim' }).body,
      '{"signature":{"name":"Kim"}}',
    )
    assert.equal(toRequest(list, { limit: 3, state: ['a', 'b'] }).url, '/api/notes?limit=3&state=a&state=b')
  })

  it('infers a typed input and reply', () => {
    const thing = contract('thing', {
      find: get('/things/:thingId', { summary: 'x', access: 'anyone', reply: Type.Object({ id: Type.String() }) }),
    })
    const client = { find: async ({ thingId }: { thingId: string }) => ({ id: thingId }) }

    client satisfies import('@doran/kernel/contract').Client<typeof thing>
    // @ts-expect-error: the reply's id is a string
    ;({ find: async () => ({ id: 1 }) }) satisfies import('@doran/kernel/contract').Client<typeof thing>
  })

  it('cannot have a part that refuses the fields of the others', () => {
    const body = Type.Object({ a: Type.String() }, { additionalProperties: false })

    assert.throws(
      () => contract('thing', { make: post('/things', { summary: 'x', access: 'anyone', body }) }),
      /thing\.make/,
    )
  })

  it('keeps optional members optional when a schema is copied', () => {
    const Name = Type.Optional(Type.String())

    assert.equal(validate(Type.Object({ name: { ...Name, description: 'x' } }), {}), undefined)
    assert.equal(JSON.stringify({ ...Name, description: 'x' }), '{"type":"string","description":"x"}')
    assert.deepEqual(validate(Type.Object({ name: Type.String() }), {}), { name: ['is missing'] })
  })

  it('lets callers omit query parameters that are optional or have a default, and no others', () => {
    const thing = contract('thing', {
      find: get('/things', {
        summary: 'x',
        access: 'anyone',
        query: Type.Object({
          color: Type.String(),
          limit: Type.Integer({ default: 20 }),
          sort: Type.Enum(['name', 'price'], { default: 'name' }),
          shop: Type.Optional(Type.String()),
        }),
      }),
    })
    const find = (...input: Parameters<Client<typeof thing>['find']>) => input.length

    assert.equal(find({ color: 'red' }), 1)
    assert.equal(find({ color: 'red', limit: 5, sort: 'price', shop: 'a' }), 1)
    // @ts-expect-error: the color has no default
    assert.equal(find({ limit: 5 }), 1)
    // @ts-expect-error: the color is required, so there must be an input
    assert.equal(find(), 0)
  })

  it('cannot have an operation whose name has a meaning in JavaScript', () => {
    for (const name of ['then', 'constructor', 'toString', 'toJSON']) {
      assert.throws(
        () => contract('thing', { [name]: get('/a', { summary: 'x', access: 'anyone' }) }),
        /choose another/,
      )
    }
  })

  it('may have operations of any other name', async (t) => {
    const called = contract('called', {
      call: get('/call', { summary: 'x', access: 'internal', reply: Type.Object({ ok: Type.Boolean() }) }),
      bind: get('/bind', { summary: 'x', access: 'anyone', reply: Type.Object({ ok: Type.Boolean() }) }),
    })
    const calledService = service(called, {
      operations: { call: async () => ({ ok: true }), bind: (_input, ctx) => ctx.client(called).call() },
    })
    const platform = await startPlatform({ services: [calledService] })
    t.after(() => platform.close())

    assert.deepEqual((await platform.request('GET', '/api/bind')).body, { ok: true })
  })
})
