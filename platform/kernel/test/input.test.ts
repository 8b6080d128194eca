import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { service } from '@doran/kernel'
import { contract, get, Id, post, put, Raw, type Static, Type } from '@doran/kernel/contract'
import { startPlatform, type TestPlatform } from '@doran/kernel/testing'

const Parcel = Type.Object({
  label: Type.String({ maxLength: 20 }),
  size: Type.Object({ width: Type.Integer(), height: Type.Optional(Type.Integer()) }),
  owner: Type.Union([Id, Type.Null()]),
  tags: Type.Array(Type.Object({ name: Type.String({ maxLength: 10 }) }), { maxItems: 3 }),
  strict: Type.Optional(Type.Object({ a: Type.Integer() }, { additionalProperties: false })),
  extra: Type.Optional(Type.Unknown()),
  counts: Type.Optional(Type.Record(Type.String({ pattern: '^[a-z]$' }), Type.Integer())),
})
const Echo = Type.Object({ input: Type.Unknown() })

const depot = contract('depot', {
  send: post('/parcels', { summary: 'x', access: 'anyone', body: Parcel, bodyLimit: 2_000_000, reply: Echo }),
  note: post('/notes', {
    summary: 'x',
    access: 'anyone',
    body: Type.Object({ text: Type.String({ maxLength: 100_000 }) }),
    bodyLimit: 2_000_000,
    reply: Echo,
  }),
  small: post('/small', { summary: 'x', access: 'anyone', body: Type.Object({ text: Type.String() }), reply: Echo }),
  move: put('/parcels/:parcelId/:shelf', {
    summary: 'x',
    access: 'anyone',
    path: Type.Object({ parcelId: Id, shelf: Type.String({ maxLength: 30 }) }),
    query: Type.Object({ q: Type.Optional(Type.String({ maxLength: 30 })) }),
    reply: Echo,
  }),
  find: get('/found/:name', { summary: 'x', access: 'anyone', reply: Echo }),
  paste: post('/pasted', { summary: 'x', access: 'anyone', body: Raw('text/plain'), reply: Echo }),
  store: post('/stored', { summary: 'x', access: 'internal', body: Parcel, reply: Echo }),
  forward: post('/forwarded', { summary: 'x', access: 'anyone', body: Type.Object({}), reply: Echo }),
})

const echo = async (input: object) => ({ input })
const depotService = service(depot, {
  operations: {
    send: echo,
    note: echo,
    small: echo,
    move: echo,
    find: echo,
    paste: echo,
    store: echo,
    forward: (_input, ctx) => ctx.client(depot).store({ ...parcel, price: 1, size: { width: 2, depth: 3 } } as never),
  },
})

const parcel: Static<typeof Parcel> = { label: 'books', size: { width: 2 }, owner: null, tags: [{ name: 'a' }] }
const id = '01936f00-abcd-7000-8000-00000000000a'
/** The same text in decomposed and in composed Unicode form. */
const [decomposed, composed] = ['한글é'.normalize('NFD'), '한글é'.normalize('NFC')]

describe('the input of an operation', () => {
  let platform: TestPlatform
  before(async () => {
    platform = await startPlatform({ services: [depotService] })
  })
  after(() => platform.close())

  const send = (body: unknown) => platform.request('POST', '/api/parcels', { body })

  it('has only what the contract declares, also in nested objects and list items', async () => {
    const sent = {
      ...parcel,
      price: 1,
      size: { width: 2, depth: 3 },
      tags: [{ name: 'a', id: 1 }],
      counts: { a: 1, Long: 'undeclared' },
    }

    const { body } = await send(sent)

    assert.deepEqual(body.input, { ...parcel, counts: { a: 1 } })
  })

  it('has only what the contract declares when a service calls, too', async () => {
    const { body } = await platform.request('POST', '/api/forwarded', { body: {} })

    assert.deepEqual(body.input, parcel)
  })

  it('keeps what the contract leaves open', async () => {
    const extra = { a: [1, { b: null }], c: 'x' }

    const { body } = await send({ ...parcel, extra })

    assert.deepEqual(body.input.extra, extra)
  })

  it('is refused for undeclared members where the contract refuses them', async () => {
    const { status, body } = await send({ ...parcel, strict: { a: 1, b: 2 } })

    assert.equal(status, 422)
    assert.deepEqual(body.errors, { strict: ['must NOT have additional properties'] })
  })

  it('has text in one Unicode form, whichever form was sent', async () => {
    const sent = await send({ ...parcel, label: decomposed, extra: { [decomposed]: decomposed } })
    const moved = await platform.request(
      'PUT',
      `/api/parcels/${id}/${encodeURIComponent(decomposed)}?q=${encodeURIComponent(decomposed)}`,
    )
    const found = await platform.request('GET', `/api/found/${encodeURIComponent(decomposed)}`)

    assert.deepEqual([sent.body.input.label, sent.body.input.extra], [composed, { [composed]: composed }])
    assert.deepEqual([moved.body.input.shelf, moved.body.input.q], [composed, composed])
    assert.equal(found.body.input.name, composed)
  })

  it('has a raw body exactly as it was sent, because it may be signed', async () => {
    const { body } = await platform.request('POST', '/api/pasted', {
      body: decomposed,
      headers: { 'content-type': 'text/plain' },
    })

    const other = await platform.request('POST', '/api/pasted', { body: { text: 'x' } })

    assert.equal(body.input.body, decomposed)
    assert.deepEqual(
      [other.status, other.body.code, other.body.expected],
      [415, 'unsupported_media_type', 'text/plain'],
    )
  })

  it('counts the characters of a text after normalisation', async () => {
    const fits = await send({ ...parcel, label: '한'.normalize('NFD').repeat(20) })
    const tooLong = await send({ ...parcel, label: '한'.normalize('NFD').repeat(21) })

    assert.equal(fits.body.input.label, '한'.repeat(20))
    assert.deepEqual(tooLong.body.errors, { label: ['must NOT have more than 20 characters'] })
  })

  it('has UUIDs in lower case', async () => {
    const sent = await send({ ...parcel, owner: id.toUpperCase() })
    const moved = await platform.request('PUT', `/api/parcels/${id.toUpperCase()}/a`)

    assert.equal(sent.body.input.owner, id)
    assert.equal(moved.body.input.parcelId, id)
  })

  it('is refused for a list that is too long, with errors for its first items only', async () => {
    const { status, body } = await send({ ...parcel, tags: Array.from({ length: 300_000 }, () => 1) })

    assert.equal(status, 422)
    assert.deepEqual(Object.keys(body.errors), ['tags', 'tags.0', 'tags.1', 'tags.2', 'tags.3'])
  })

  it('is refused with errors for the first twenty fields and the number of all', async () => {
    const wrong = {
      ...parcel,
      counts: Object.fromEntries(Array.from('abcdefghijklmnopqrstuvwxyz', (name) => [name, 'x'])),
    }

    const { body } = await send(wrong)

    assert.equal(Object.keys(body.errors).length, 20)
    assert.equal(body.fieldsRefused, 26)
  })

  it('is refused for text that is too long without a check of all its characters', async () => {
    const { status, body } = await send({ ...parcel, label: 'x'.repeat(1_500_000) })

    assert.equal(status, 422)
    assert.deepEqual(body.errors, { label: ['must NOT have more than 20 characters'] })
  })

  it('is refused for more combining marks on one letter than any language writes', async () => {
    const marks = (count: number) => `a${'\u0315'.repeat(count / 2)}${'\u0316'.repeat(count / 2)}`

    const some = await platform.request('POST', '/api/notes', { body: { text: marks(30) } })
    const many = await platform.request('POST', '/api/notes', { body: { text: marks(90_000) } })

    assert.equal(some.status, 200)
    assert.deepEqual(many.body.errors, { text: ['contains characters that are no text'] })
  })

  it('is refused with the place of text that no database can store', async () => {
    const { body } = await send({ ...parcel, extra: { list: ['a', '\u0000'] } })

    assert.deepEqual(body.errors, { 'extra.list.1': ['contains characters that are no text'] })
  })

  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`
  const bodyWith = (member: string) => `${JSON.stringify(parcel).slice(0, -1)},${member}}`
  const sendText = (body: string) =>
    platform.request('POST', '/api/parcels', { body, headers: { 'content-type': 'application/json' } })

  it('ignores nesting in undeclared members', async () => {
    const { status, body } = await sendText(bodyWith(`"y":${nested(400_000)}`))

    assert.equal(status, 200)
    assert.deepEqual(body.input, parcel)
  })

  it('is refused when what the contract leaves open is nested too deeply or has too many members', async () => {
    const deep = await sendText(bodyWith(`"extra":${nested(400_000)}`))
    const wide = await sendText(bodyWith(`"extra":[${'1,'.repeat(200_000)}1]`))

    assert.deepEqual(deep.body.errors, { body: ['is nested more than 50 deep'] })
    assert.deepEqual(wide.body.errors, { body: ['has more than 100000 members'] })
  })

  it('is refused beyond sixteen kilobytes unless the contract names another limit', async () => {
    const { status, body } = await platform.request('POST', '/api/small', { body: { text: 'x'.repeat(16_384) } })

    assert.deepEqual([status, body.code, body.limit], [413, 'body_too_large', 16_384])
    assert.match(body.detail, /16384 bytes/)
  })
})
