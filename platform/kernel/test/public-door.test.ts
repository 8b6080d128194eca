import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startPlatform, type TestPlatform } from '@doran/kernel/testing'
import { note, noteService, noteTaken, printerService } from './note-service.ts'

describe('the public door', () => {
  let platform: TestPlatform
  before(async () => {
    platform = await startPlatform({ services: [noteService, printerService] })
  })
  after(() => platform.close())

  it('merges path and body into one input and answers with the declared status', async () => {
    const { status, body } = await platform.request('POST', '/api/notes/a', { body: { text: 'hello' } })

    assert.equal(status, 201)
    assert.deepEqual(body, { id: 'a', text: 'hello', state: 'written', told: 0 })
  })

  it('gives every answer a request id, and keeps the one that the client sent', async () => {
    const own = await platform.request('GET', '/api/notes', { headers: { 'x-request-id': 'my-request-1' } })
    const made = await platform.request('GET', '/api/notes', { headers: { 'x-request-id': 'no good\u0007' } })

    assert.equal(own.headers['x-request-id'], 'my-request-1')
    assert.match(String(made.headers['x-request-id']), /^[0-9a-f-]{36}$/)
  })

  it('reads numbers, lists and defaults from the query', async () => {
    const all = await platform.request('GET', '/api/notes?limit=3&state=a&state=b')
    const one = await platform.request('GET', '/api/notes?state=a')

    assert.deepEqual(all.body, { limit: 3, state: ['a', 'b'] })
    assert.deepEqual(one.body, { limit: 5, state: ['a'] })
  })

  it('names every field of a bad input', async () => {
    const { status, body, headers } = await platform.request('POST', '/api/notes/b', { body: { text: '', pages: 1.5 } })

    assert.equal(status, 422)
    assert.match(String(headers['content-type']), /^application\/problem\+json/)
    assert.equal(body.code, 'validation_failed')
    assert.deepEqual(Object.keys(body.errors).sort(), ['pages', 'text'])
    assert.equal(body.requestId, headers['x-request-id'])
  })

  it('does not take a field of the body from the query', async () => {
    const { status, body } = await platform.request('POST', '/api/notes/b?text=sneaked', { body: {} })

    assert.equal(status, 422)
    assert.deepEqual(body.errors, { text: ['is missing'] })
  })

  it('takes the fields of a body out of its envelope', async () => {
    const sign = (body: unknown) => platform.request('POST', '/api/notes/a/signatures', { body })

    assert.equal((await sign({ signature: { name: 'Kim' } })).body.name, 'Kim')
    for (const body of [{}, [], { name: 'Kim' }, { signature: null }, { signature: {} }, { signature: { name: '' } }]) {
      assert.deepEqual((await sign(body)).body.errors, { name: ['has no name'] }, JSON.stringify(body))
    }
    assert.deepEqual((await sign({ signature: { name: null } })).body.errors, {
      name: ['has no name', 'must be letters'],
    })
    assert.deepEqual((await sign({ signature: { name: 'x'.repeat(11) } })).body.errors, {
      name: ['has too long a name'],
    })
    assert.equal((await sign({ signature: 'Kim' })).status, 422)
  })

  it('takes nothing from a body that belongs to path, query or headers', async () => {
    const signature = { name: 'Kim', 'x-client-address': '9.9.9.9', id: 'another', copies: 1_000 }

    const { body } = await platform.request('POST', '/api/notes/a/signatures', { body: { signature } })

    assert.deepEqual(body, { id: 'a', name: 'Kim', from: '127.0.0.1', copies: 1 })
  })

  const unreadable: [string, string, Record<string, string>, number, string][] = [
    ['broken JSON', '{"text":', { 'content-type': 'application/json' }, 400, 'malformed_body'],
    [
      'a poisoned prototype',
      '{"__proto__":{"a":1},"text":"x"}',
      { 'content-type': 'application/json' },
      400,
      'malformed_body',
    ],
    [
      'another media type',
      'text=x',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      'unsupported_media_type',
    ],
    [
      'more than sixteen kilobytes',
      JSON.stringify({ text: 'x'.repeat(16_384) }),
      { 'content-type': 'application/json' },
      413,
      'body_too_large',
    ],
    ['a NUL', '{"text":"a\\u0000"}', { 'content-type': 'application/json' }, 422, 'validation_failed'],
    ['half a surrogate pair', '{"text":"\\ud800"}', { 'content-type': 'application/json' }, 422, 'validation_failed'],
    ['nothing at all', '', {}, 422, 'validation_failed'],
  ]
  for (const [what, body, headers, status, code] of unreadable) {
    it(`refuses ${what} with ${status} ${code}`, async () => {
      const answer = await platform.request('POST', '/api/notes/c', { body, headers })

      assert.deepEqual([answer.status, answer.body.code], [status, code])
    })
  }

  it('authenticates before it checks anything else', async () => {
    const missing = await platform.request('GET', '/api/notes/none')
    const broken = await platform.request('POST', '/api/notes/shred', {
      body: '{',
      headers: { 'content-type': 'application/json' },
    })

    assert.deepEqual([missing.status, missing.body.code], [401, 'token_missing'])
    assert.deepEqual(missing.body.errors, { token: ['is missing'] })
    assert.equal(missing.headers['www-authenticate'], 'Bearer')
    assert.equal(broken.status, 401)
  })

  it('accepts Bearer and Token, and refuses tokens that we have not signed', async () => {
    const user = await platform.user()

    const bearer = await platform.request('GET', '/api/notes/a', { headers: { authorization: `Bearer ${user.token}` } })
    const token = await platform.request('GET', '/api/notes/a', { headers: { authorization: `Token ${user.token}` } })
    const forged = await platform.request('GET', '/api/notes/a', {
      headers: { authorization: `Bearer ${user.token.slice(0, -4)}AAAA` },
    })
    const none = await platform.request('GET', '/api/notes/a', { headers: { authorization: 'Basic YTpi' } })

    assert.deepEqual([bearer.status, token.status, forged.status, none.status], [200, 200, 401, 401])
    assert.equal(forged.body.code, 'token_invalid')
  })

  it('lets only the listed roles in', async () => {
    const [user, admin] = [await platform.user(['seller']), await platform.user(['admin'])]

    assert.equal((await platform.request('POST', '/api/notes/shred', { as: user })).status, 403)
    assert.equal((await platform.request('POST', '/api/notes/shred', { as: admin })).status, 204)
  })

  it('has no route for internal operations', async () => {
    const { status, body } = await platform.request('POST', '/api/printer/jobs', { body: { pages: 1 } })

    assert.deepEqual([status, body.code], [404, 'route_not_found'])
  })

  it('repeats only the beginning of an unknown path', async () => {
    const { status, body } = await platform.request('GET', `/${'a'.repeat(5_000)}`)

    assert.equal(status, 404)
    assert.equal(body.path, `/${'a'.repeat(199)}`)
    assert.ok(JSON.stringify(body).length < 1_000)
  })

  it('says what an operation reads when it is sent another media type', async () => {
    const sent = { body: 'x', headers: { 'content-type': 'application/vnd.ms-excel' } }

    const json = await platform.request('POST', '/api/notes/c', sent)
    const nothing = await platform.request('POST', '/api/notes/shred', { ...sent, as: await platform.user(['admin']) })
    const nowhere = await platform.request('POST', '/api/nowhere', sent)

    assert.match(json.body.detail, /does not read application\/vnd\.ms-excel; send application\/json\.$/)
    assert.match(nothing.body.detail, /send a request without a body\.$/)
    assert.equal(nowhere.status, 404)
  })

  it('reveals nothing about internal errors', async () => {
    const user = await platform.user()

    const { status, body } = await platform.request('GET', '/api/notes/unknown', { as: user })

    assert.equal(status, 500)
    assert.equal(body.code, 'internal_error')
    assert.doesNotMatch(JSON.stringify(body), /select|note\.notes|expected one row/)
  })

  it('answers readiness checks and metrics', async () => {
    const ready = await platform.request('GET', '/health/ready')
    const metrics = await platform.request('GET', '/metrics')

    assert.deepEqual([ready.status, ready.body], [200, { status: 'ready', reasons: [] }])
    assert.match(
      metrics.body,
      /doran_http_request_duration_seconds_count\{service="note",operation="writeNote",status="2xx"\} 1/,
    )
    assert.match(metrics.body, /doran_tasks\{service="printer",state="dead"\} 0/)
  })

  it('serves the typed client, which throws the service’s own errors', async () => {
    const api = platform.api(note, await platform.user())
    await api.writeNote({ id: 'typed', text: 'x' })

    assert.equal((await api.readNote({ id: 'typed' })).text, 'x')
    await assert.rejects(api.writeNote({ id: 'typed', text: 'x' }), (error) => {
      assert.ok(noteTaken.is(error))
      assert.equal(error.details.id, 'typed')
      return true
    })
  })
})
