import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { sql } from '@doran/kernel'
import { busy } from '../errors.ts'
import { hashPassword } from '../passwords.ts'
import { type AuthPlatform, age, PASSWORD, startAuth } from './auth-platform.ts'

const RATE = 20

describe('password hashing', () => {
  let platform: AuthPlatform
  before(async () => {
    platform = await startAuth({ environment: { TRUST_PROXY: '1', AUTH_PASSWORD_RATE: String(RATE) } })
  })
  after(() => platform.close())
  beforeEach(() => platform.database('auth').run(sql`delete from auth.attempts`))

  const send = (url: string, body: object, network = '203.0.113.1') =>
    platform.request('POST', url, { body, headers: { 'x-forwarded-for': network } })
  const register = (email: string, network?: string) =>
    send('/api/auth/register', { email, password: PASSWORD, name: 'Kim' }, network)
  const codes = (answers: { body: { code: string } }[]) => answers.map(({ body }) => body.code)

  for (const [what, request] of [
    [
      'registrations',
      (n: number) => send('/api/auth/register', { email: `r${n}@example.com`, password: PASSWORD, name: 'K' }),
    ],
    ['sign-ins', (n: number) => send('/api/auth/sign-in', { email: `s${n}@example.com`, password: PASSWORD })],
    [
      'registrations of RealWorld clients',
      (n: number) =>
        send('/api/users', { user: { username: `w ${n}`, email: `w${n}@example.com`, password: PASSWORD } }),
    ],
    [
      'sign-ins of RealWorld clients',
      (n: number) => send('/api/users/login', { user: { email: `l${n}@example.com`, password: PASSWORD } }),
    ],
  ] as const) {
    it(`is limited to a rate per minute for each network: ${what}`, async () => {
      const within = []
      for (let n = 0; n < RATE; n++) within.push(await request(n))
      const over = await request(RATE)

      assert.ok(!codes(within).includes('too_many_attempts'))
      assert.deepEqual([over.status, over.body.code], [429, 'too_many_attempts'])
      assert.equal(over.headers['retry-after'], String(over.body.retryAfter))
      assert.notEqual((await register('elsewhere@example.com', '203.0.113.2')).status, 429)
    })
  }

  it('is allowed again after a minute', async () => {
    for (let n = 0; n <= RATE; n++) await send('/api/auth/sign-in', { email: `a${n}@example.com`, password: 'x' })

    await age(platform, 'attempts', 60)

    const { body } = await send('/api/auth/sign-in', { email: 'again@example.com', password: 'x' })
    assert.equal(body.code, 'credentials_invalid')
  })

  it('counts changes of password towards the same limit', async () => {
    const someone = await platform.member()
    const change = () =>
      platform.request('POST', '/api/auth/password', {
        as: someone,
        body: { currentPassword: PASSWORD, newPassword: PASSWORD },
        headers: { 'x-forwarded-for': '203.0.113.3' },
      })
    for (let n = 0; n < RATE; n++)
      await send('/api/auth/sign-in', { email: `p${n}@example.com`, password: 'x' }, '203.0.113.3')

    assert.deepEqual(codes([await change()]), ['too_many_attempts'])
  })

  it('waits in a short queue and is refused with Retry-After when the queue is full', async () => {
    const attempts = Array.from({ length: 200 }, (_, n) =>
      send('/api/auth/sign-in', { email: `crowd-${n}@example.com`, password: PASSWORD }, `198.51.100.${n}`),
    )

    const answers = await Promise.all(attempts)

    const refused = answers.filter(({ body }) => body.code === 'busy')
    assert.ok(refused.length > 0, 'all of them were queued')
    assert.deepEqual([refused[0]?.status, refused[0]?.headers['retry-after']], [503, '1'])
  })

  it('does not count an attempt whose password was never compared', async () => {
    const { email } = await platform.member()
    const crowd = Promise.allSettled(Array.from({ length: 100 }, () => hashPassword(PASSWORD)))

    const answer = await send('/api/auth/sign-in', { email, password: 'a wrong password' })

    assert.equal(answer.body.code, 'busy')
    const counted = await platform.database('auth').all(sql`select key from auth.attempts where key like 'account:%'`)
    assert.deepEqual(counted, [])
    assert.ok((await crowd).some((one) => one.status === 'rejected' && busy.is(one.reason)))
  })
})

describe('an address that has an account', () => {
  let platform: AuthPlatform
  before(async () => {
    platform = await startAuth()
  })
  after(() => platform.close())

  it('is reported as taken without computing a hash', async () => {
    const { email } = await platform.member()
    const crowd = Promise.allSettled(Array.from({ length: 31 }, () => hashPassword(PASSWORD)))

    const { body } = await platform.request('POST', '/api/auth/register', {
      body: { email, password: PASSWORD, name: 'K' },
    })

    assert.equal(body.code, 'email_taken')
    await crowd
  })

  it('can be probed by one network only a limited number of times', async () => {
    const { email } = await platform.member()
    await platform.database('auth').run(sql`delete from auth.attempts`)
    const register = () =>
      platform.request('POST', '/api/auth/register', { body: { email, password: PASSWORD, name: 'K' } })

    for (let n = 0; n < 51; n++) assert.equal((await register()).body.code, 'email_taken')

    assert.equal((await register()).body.code, 'too_many_attempts')
  })
})
