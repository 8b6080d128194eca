/** Tests what the gateway forwards to services in other processes. */
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { known, replyWith } from '../../../platform/fleet/test/members.ts'
import { type Front, openFront } from './front.ts'

let front: Front
before(async () => {
  front = await openFront()
})
afterEach(() => front.clear())
after(() => front.close())

describe('the gateway forwards', { timeout: 20_000 }, () => {
  it('every method, with path, query, headers and body', async () => {
    const found = await front.ask('/shelf/a%20b?pages=2&tag=x&tag=y', { headers: { 'x-colour': 'red' } })
    const added = await front.ask('/shelf', { method: 'POST', body: { id: 'c', title: 'ü' } })
    const replaced = await front.ask('/shelf/c', { method: 'PUT', body: { title: 'New' } })
    const removed = await front.ask('/shelf/c', { method: 'DELETE' })

    assert.deepEqual(found.body, { id: 'a b', text: 'lorem lorem ', tag: ['x', 'y'], colour: 'red' })
    assert.deepEqual([added.status, added.body], [201, { id: 'c', title: 'ü' }])
    assert.deepEqual([replaced.status, replaced.body], [200, { id: 'c', title: 'New' }])
    assert.deepEqual([removed.status, removed.body], [204, ''])
  })

  it('HEAD requests', async () => {
    const { status, headers, body } = await front.ask('/shelf/a', { method: 'HEAD' })

    assert.deepEqual([status, body], [200, ''])
    assert.match(headers.get('content-type') ?? '', /^application\/json/)
    assert.equal(headers.get('content-length'), String(JSON.stringify((await front.ask('/shelf/a')).body).length))
  })

  it('the request id, the same for the client and the service', async () => {
    const { body, headers } = await front.ask('/shelf-visitor', { headers: { 'x-request-id': 'request-from-outside' } })
    const service = await front.impostor('left', replyWith({ from: 'a' }))
    const made = await front.ask('/left/things/a')

    assert.deepEqual([body.request, headers.get('x-request-id')], ['request-from-outside', 'request-from-outside'])
    assert.match(made.headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/)
    assert.equal(service.arrivals[0]?.headers['x-request-id'], made.headers.get('x-request-id'))
  })

  it('the real address of the client, whatever its headers claim', async () => {
    for (const name of ['x-forwarded-for', 'x-client-address', 'forwarded', 'x-real-ip']) {
      const { body } = await front.ask('/shelf-visitor', { headers: { [name]: '203.0.113.7' } })
      assert.equal(body.address, '127.0.0.1', name)
    }
  })

  it('the user, and leaves permissions to the service', async () => {
    const user = await front.issuer.user()

    assert.deepEqual((await front.ask('/shelf-mine', { as: user })).body, { user: user.id })
    const refused = await front.ask('/shelf-mine')
    assert.deepEqual([refused.status, refused.body.code], [401, 'token_missing'])
    assert.equal(
      (await front.ask('/shelf-mine', { headers: { authorization: 'Bearer nonsense' } })).body.code,
      'token_invalid',
    )
  })

  it('problems unchanged', async () => {
    const refused = await front.ask('/shelf/7/reservations', { method: 'POST' })
    const invalid = await front.ask('/shelf', { method: 'POST', body: { id: 7 } })
    const broken = await front.ask('/shelf', {
      method: 'POST',
      body: '{',
      headers: { 'content-type': 'application/json' },
    })

    assert.equal(refused.status, 409)
    assert.match(refused.headers.get('content-type') ?? '', /^application\/problem\+json/)
    assert.deepEqual(refused.body, {
      place: '7',
      until: 'noon',
      type: '/docs/errors#taken',
      title: 'taken',
      status: 409,
      code: 'taken',
      detail: 'The place 7 is taken.',
      requestId: refused.headers.get('x-request-id'),
    })
    assert.deepEqual([invalid.status, Object.keys(invalid.body.errors).sort()], [422, ['id', 'title']])
    assert.deepEqual([broken.status, broken.body.code], [400, 'malformed_body'])
  })

  it('replies that it compresses itself, large and streamed ones', async () => {
    const large = await front.ask('/shelf/a?pages=1000', { headers: { 'accept-encoding': 'gzip' } })
    const huge = await front.ask('/shelf/a?pages=50000', { headers: { 'accept-encoding': 'br' } })
    const streamed = await front.ask('/shelf-dump', { headers: { 'accept-encoding': 'gzip' } })
    const small = await front.ask('/shelf/a', { headers: { 'accept-encoding': 'gzip' } })
    const plain = await front.ask('/shelf/a?pages=1000', { headers: { 'accept-encoding': 'identity' } })

    const encodings = [large, huge, streamed, small, plain].map(({ headers }) => headers.get('content-encoding'))
    assert.deepEqual(encodings, ['gzip', 'br', 'gzip', null, null])
    assert.deepEqual([large.body.text.length, huge.body.text.length], [6_000, 300_000])
    assert.equal(streamed.body.split('\n').length, 1_001)
    assert.deepEqual(plain.body, large.body)
  })

  it('nothing to internal operations', async () => {
    assert.equal((await front.ask('/shelf-dust', { method: 'POST' })).body.code, 'route_not_found')
    const response = await fetch(`${front.door.url}/calls/shelf/dust`, { method: 'POST' })
    assert.equal(response.status, 404)
  })
})

describe('the rate limit', { timeout: 20_000 }, () => {
  it('of an account counts forwarded requests', async () => {
    const strict = await front.gateway({ RATE_LIMIT_PER_ACCOUNT: '3' })
    await known(strict, 'shelf', 1)
    const [busy, other] = [await front.issuer.user(), await front.issuer.user()]

    for (let time = 0; time < 3; time++)
      assert.equal((await front.ask('/shelf-mine', { as: busy, at: strict })).status, 200)
    const refused = await front.ask('/shelf-mine', { as: busy, at: strict })

    assert.deepEqual([refused.status, refused.body.code], [429, 'rate_limited'])
    assert.ok(Number(refused.headers.get('retry-after')) > 0)
    assert.equal((await front.ask('/shelf-mine', { as: other, at: strict })).status, 200)
  })
})
