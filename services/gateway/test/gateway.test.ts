import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import gateway, { gatewayConfig, openApi, publicDoor } from '@doran/gateway'
import { service } from '@doran/kernel'
import { contract, get, Type } from '@doran/kernel/contract'
import { readConfig } from '@doran/kernel/platform'
import { startPlatform, type TestPlatform } from '@doran/kernel/testing'

const echo = service(
  contract('echo', {
    say: get('/echo', {
      summary: 'Say <something>',
      access: 'anyone',
      query: Type.Object({ times: Type.Integer({ default: 1 }) }),
      reply: Type.Object({ said: Type.String() }),
    }),
    whisper: get('/whisper', { summary: 'Whisper', access: 'user', reply: Type.Object({ said: Type.String() }) }),
  }),
  {
    operations: {
      say: async ({ times }) => ({ said: 'echo '.repeat(times) }),
      whisper: async () => ({ said: 'psst' }),
    },
  },
)

function start(environment: Record<string, string>): Promise<TestPlatform> {
  const [config] = readConfig([gatewayConfig], environment)
  const api = openApi([echo], { version: '1.0.0' })
  const edge = publicDoor({ config, api, errors: Object.values(gateway.errors) })
  return startPlatform({ services: [echo], edge, environment })
}

describe('the gateway', () => {
  let platform: TestPlatform
  before(async () => {
    platform = await start({ CORS_ORIGINS: 'https://shop.example, https://admin.example' })
  })
  after(() => platform.close())

  it('sends the headers that keep browsers safe', async () => {
    const { headers } = await platform.request('GET', '/api/echo')

    assert.match(String(headers['content-security-policy']), /default-src 'none'/)
    assert.match(String(headers['strict-transport-security']), /max-age=31536000/)
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.equal(headers['x-frame-options'], 'DENY')
  })

  it('serves the contact for vulnerability reports if one is configured', async (t) => {
    const told = await start({ SECURITY_CONTACT: 'mailto:security@shop.example' })
    t.after(() => told.close())

    const { status, headers, body } = await told.request('GET', '/.well-known/security.txt')

    assert.equal(status, 200)
    assert.match(String(headers['content-type']), /^text\/plain/)
    assert.match(body, /^Contact: mailto:security@shop\.example\nExpires: \d{4}-\d\d-\d\dT.*Z\n/)
    assert.ok(Date.parse(/Expires: (.*)/.exec(body)?.[1] ?? '') > Date.now())
    assert.equal((await platform.request('GET', '/.well-known/security.txt')).status, 404)
    assert.throws(() => readConfig([gatewayConfig], { SECURITY_CONTACT: 'me' }), /SECURITY_CONTACT must be an address/)
  })

  it('allows the listed origins and no other', async () => {
    const ask = (origin: string) => platform.request('GET', '/api/echo', { headers: { origin } })

    assert.equal((await ask('https://admin.example')).headers['access-control-allow-origin'], 'https://admin.example')
    assert.equal((await ask('https://evil.example')).headers['access-control-allow-origin'], undefined)
    const preflight = await platform.request('OPTIONS', '/api/echo', {
      headers: { origin: 'https://shop.example', 'access-control-request-method': 'PATCH' },
    })
    assert.match(String(preflight.headers['access-control-allow-methods']), /PATCH/)
  })

  it('compresses large replies and leaves small ones as they are', async () => {
    const ask = (times: number) =>
      platform.http.inject({ url: `/api/echo?times=${times}`, headers: { 'accept-encoding': 'gzip' } })

    const large = await ask(1_000)
    assert.equal(large.headers['content-encoding'], 'gzip')
    assert.match(gunzipSync(large.rawPayload).toString(), /echo echo/)
    assert.equal((await ask(1)).headers['content-encoding'], undefined)
  })

  it('shows every operation and error on a page without scripts', async () => {
    const docs = await platform.request('GET', '/docs')
    const api = await platform.request('GET', '/openapi.json')
    const codes = await platform.request('GET', '/docs/errors')

    assert.match(docs.body, /\/api\/echo/)
    assert.match(docs.body, /Say &#60;something&#62;/)
    assert.doesNotMatch(docs.body, /<script|https?:\/\//)
    assert.equal(api.body.paths['/api/whisper'].get.operationId, 'echo.whisper')
    assert.match(codes.body, /id="rate_limited"/)
  })
})

describe('the rate limit', () => {
  let platform: TestPlatform
  before(async () => {
    platform = await start({ RATE_LIMIT_PER_IP: '20', RATE_LIMIT_PER_ACCOUNT: '3' })
  })
  after(() => platform.close())

  it('of an account refuses the account that exceeds it and no other', async () => {
    const [busy, other] = [await platform.user(), await platform.user()]
    const ask = (as: typeof busy) => platform.request('GET', '/api/whisper', { as })

    for (let index = 0; index < 3; index++) assert.equal((await ask(busy)).status, 200)
    const refused = await ask(busy)

    assert.deepEqual([refused.status, refused.body.code], [429, 'rate_limited'])
    assert.ok(Number(refused.headers['retry-after']) > 0)
    assert.equal((await ask(other)).status, 200)
  })

  it('of an address refuses every further request except health checks', async () => {
    const statuses: number[] = []
    for (let index = 0; index < 25; index++) statuses.push((await platform.request('GET', '/api/echo')).status)

    assert.equal(statuses.at(-1), 429)
    assert.equal((await platform.request('GET', '/health/live')).status, 200)
  })

  it('of an operation covers a whole network and only that operation', async (t) => {
    const limited = await start({ TRUST_PROXY: '1', RATE_LIMITS_PER_NETWORK: 'echo.say=3' })
    t.after(() => limited.close())
    const ask = async (address: string, path = '/api/echo') =>
      (await limited.request('GET', path, { headers: { 'x-forwarded-for': address } })).status

    const neighbours = []
    for (let host = 1; host <= 4; host++) neighbours.push(await ask(`192.0.2.${host}`))

    assert.deepEqual(neighbours, [200, 200, 200, 429])
    assert.equal(await ask('192.0.3.1'), 200)
    assert.equal(await ask('192.0.2.1', '/api/whisper'), 401)
  })
})
