import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { contract, get, post, Type } from '@doran/kernel'
import { toRequest } from '../client.ts'
import type { Operation } from '../contract.ts'
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

    client satisfies import('@doran/kernel').Client<typeof thing>
    // @ts-expect-error: the reply's id is a string
    ;({ find: async () => ({ id: 1 }) }) satisfies import('@doran/kernel').Client<typeof thing>
  })

  it('cannot have a part that refuses the fields of the others', () => {
    const body = Type.Object({ a: Type.String() }, { additionalProperties: false })

    assert.throws(
      () => contract('thing', { make: post('/things', { summary: 'x', access: 'anyone', body }) }),
      /thing\.make/,
    )
  })
})
