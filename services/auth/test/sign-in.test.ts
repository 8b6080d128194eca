import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { sql } from '@doran/kernel'
import { clientKey } from '../attempts.ts'
import { type AuthPlatform, age, PASSWORD, startAuth } from './auth-platform.ts'

let platform: AuthPlatform
before(async () => {
  platform = await startAuth({ environment: { TRUST_PROXY: '1' } })
})
after(() => platform.close())
beforeEach(() => platform.database('auth').run(sql`delete from auth.attempts`))

const wrong = (email: string) => platform.signIn(email, 'a wrong password')

describe('signing in', () => {
  it('begins a session with the roles of the account', async () => {
    const { email, userId } = await platform.memberWith(['seller'])

    const { status, body } = await platform.signIn(email.toUpperCase())

    assert.deepEqual([status, body.userId, body.roles], [200, userId, ['seller']])
    assert.equal(await platform.statusOf(body.accessToken), 200)
  })

  it('accepts the same password typed with another keyboard', async () => {
    const body = { email: 'hangul@example.com', password: '비밀번호는한글입니다'.normalize('NFD'), name: 'Kim' }
    await platform.request('POST', '/api/auth/register', {
      body: { ...body, password: body.password.normalize('NFC') },
    })

    assert.equal((await platform.signIn(body.email, body.password)).status, 200)
  })

  it('answers the same for a wrong password and an unknown address', async () => {
    const { email } = await platform.member()

    const [known, unknown] = [await wrong(email), await wrong('nobody@example.com')]

    const { requestId: _one, ...knownBody } = known.body
    const { requestId: _two, ...unknownBody } = unknown.body
    assert.deepEqual([known.status, knownBody.code], [401, 'credentials_invalid'])
    assert.deepEqual([unknown.status, unknownBody], [401, knownBody])
  })

  it('costs the same for a wrong password and an unknown address', async () => {
    const { email } = await platform.member()
    const costs: Record<'known' | 'unknown', number[]> = { known: [], unknown: [] }

    // Measures the processor time of all threads, which other work on the machine does not affect. The first pair warms
    // up.
    for (let round = 0; round < 6; round++) {
      for (const [kind, address] of [
        ['known', email],
        ['unknown', `nobody-${round}@example.com`],
      ] as const) {
        const before = process.cpuUsage()
        await wrong(address)
        const { user, system } = process.cpuUsage(before)
        if (round > 0) costs[kind].push(user + system)
      }
    }

    const median = (values: number[]) => values.sort((a, b) => a - b)[2] as number
    const ratio = median(costs.unknown) / median(costs.known)
    assert.ok(ratio > 0.6 && ratio < 1.6, `an unknown address costs ${ratio} of a known one`)
  })

  for (const [body, field] of [
    [{ password: PASSWORD }, 'email'],
    [{ email: 'x', password: PASSWORD }, 'email'],
    [{ email: 'a@example.com' }, 'password'],
    [{ email: 'a@example.com', password: '' }, 'password'],
    [{ email: 'a@example.com', password: 'x'.repeat(201) }, 'password'],
    [{ email: { $ne: '' }, password: PASSWORD }, 'email'],
  ] as const) {
    it(`refuses ${JSON.stringify(body).slice(0, 50)}`, async () => {
      const answer = await platform.request('POST', '/api/auth/sign-in', { body })

      assert.deepEqual([answer.status, answer.body.code], [422, 'validation_failed'])
      assert.deepEqual(Object.keys(answer.body.errors), [field])
    })
  }

  it('refuses a body that is not JSON, and none at all', async () => {
    const broken = await platform.request('POST', '/api/auth/sign-in', {
      body: '{"email"',
      headers: { 'content-type': 'application/json' },
    })
    const none = await platform.request('POST', '/api/auth/sign-in')

    assert.deepEqual([broken.status, broken.body.code], [400, 'malformed_body'])
    assert.deepEqual([none.status, none.body.code], [422, 'validation_failed'])
  })
})

describe('wrong passwords', () => {
  /** Fails until the account is delayed and returns the delay in seconds. */
  async function exhaust(email: string): Promise<number> {
    for (let failures = 0; failures < 10; failures++) assert.equal((await wrong(email)).status, 401)
    const { status, body, headers } = await platform.signIn(email)
    assert.deepEqual([status, body.code], [429, 'too_many_attempts'])
    assert.equal(headers['retry-after'], String(body.retryAfter))
    return body.retryAfter
  }

  it('delay the next attempt longer and longer, up to five minutes', async () => {
    const { email } = await platform.member()
    const delays = [await exhaust(email)]

    for (let failure = 0; failure < 10; failure++) {
      await age(platform, 'attempts', delays.at(-1) as number)
      assert.equal((await wrong(email)).status, 401)
      delays.push((await wrong(email)).body.retryAfter)
    }

    assert.deepEqual(delays, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300])
  })

  it('are cleared by the right one after the delay', async () => {
    const { email } = await platform.member()
    const delay = await exhaust(email)

    await age(platform, 'attempts', delay)

    assert.equal((await platform.signIn(email)).status, 200)
    assert.equal(await exhaust(email), 1)
  })

  it('are forgotten after a day', async () => {
    const { email } = await platform.member()
    await exhaust(email)

    await age(platform, 'attempts', 86_401)

    assert.equal(await exhaust(email), 1)
  })

  it('delay an unknown address just the same', async () => {
    assert.equal(await exhaust('nobody@example.com'), 1)
  })

  it('are counted one by one when they come all at once', async () => {
    const { email } = await platform.member()

    const answers = await Promise.all(Array.from({ length: 30 }, () => wrong(email)))

    assert.equal(answers.filter(({ status }) => status === 401).length, 10)
    assert.equal(answers.filter(({ status }) => status === 429).length, 20)
  })

  it('delay their network, whatever account they were for', async () => {
    const from = (address: string) => ({ headers: { 'x-forwarded-for': address } })
    const attempt = (index: number) =>
      platform.request('POST', '/api/auth/sign-in', {
        body: { email: `victim-${index}@example.com`, password: 'a wrong password' },
        ...from('203.0.113.9'),
      })
    for (let group = 0; group < 51; group += 17) {
      await Promise.all(Array.from({ length: 17 }, (_, index) => attempt(group + index)))
    }

    const { email } = await platform.member()
    const body = { email, password: PASSWORD }
    const same = await platform.request('POST', '/api/auth/sign-in', { body, ...from('203.0.113.9') })
    const other = await platform.request('POST', '/api/auth/sign-in', { body, ...from('203.0.113.10') })

    assert.deepEqual([same.status, same.body.code], [429, 'too_many_attempts'])
    assert.equal(other.status, 200)
  })

  it('are counted for the real network, whatever headers the client sends', async () => {
    await platform.request('POST', '/api/auth/sign-in', {
      body: { email: 'spoof@example.com', password: 'a wrong password' },
      headers: { 'x-client-address': '198.51.100.1', 'x-forwarded-for': '203.0.113.77' },
    })

    const keys = await platform.database('auth').all<{ key: string }>(sql`
      select key from auth.attempts where key like 'client:%'`)
    assert.deepEqual(keys, [{ key: 'client:203.0.113.77' }])
  })
})

describe('the network of a client', () => {
  for (const [address, key] of [
    ['192.0.2.7', 'client:192.0.2.7'],
    ['::ffff:192.0.2.7', 'client:192.0.2.7'],
    ['2001:db8:1:2:aaaa:bbbb:cccc:dddd', 'client:2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002::1', 'client:2001:db8:1:2::/64'],
    ['2001:db8::1', 'client:2001:db8:0:0::/64'],
    ['::1', 'client:0:0:0:0::/64'],
    ['fe80::1%eth0', 'client:fe80:0:0:0::/64'],
    ['unknown', 'client:unknown'],
  ] as const) {
    it(`of ${address} is ${key}`, () => assert.equal(clientKey(address), key))
  }
})

describe('wrong passwords of strangers', () => {
  const signIn = (network: string, body: object, url = '/api/auth/sign-in') =>
    platform.request('POST', url, { body, headers: { 'x-forwarded-for': network } })
  /** Guesses until strangers are delayed. */
  async function delayStrangers(email: string): Promise<void> {
    for (let n = 0; n < 10; n++) await signIn(`203.0.113.${n}`, { email, password: 'a wrong password' })
    assert.equal((await signIn('203.0.113.99', { email, password: PASSWORD })).status, 429)
  }

  it('do not delay a device that has signed in before, wherever it is', async () => {
    const { email, deviceToken } = await platform.member()
    await delayStrangers(email)

    const { status, body } = await signIn('198.51.100.7', { email, password: PASSWORD, deviceToken })

    assert.deepEqual([status, body.deviceToken], [200, deviceToken])
  })

  it('do not delay a network from which the account has signed in before, with any client', async () => {
    const { email } = await platform.member()
    await signIn('198.51.100.8', { email, password: PASSWORD })
    await delayStrangers(email)

    const { status } = await signIn('198.51.100.8', { user: { email, password: PASSWORD } }, '/api/users/login')

    assert.equal(status, 200)
  })

  it('do not delay a known device after fifty sign-ins by clients without device tokens', async () => {
    const { email, deviceToken } = await platform.member()
    const credentials = { email, password: PASSWORD }
    for (let n = 0; n < 50; n++) {
      assert.equal((await signIn('198.51.100.12', { user: credentials }, '/api/users/login')).status, 200)
    }
    await delayStrangers(email)

    const { status } = await signIn('198.51.100.13', { ...credentials, deviceToken })

    assert.equal(status, 200)
  })

  it('do not keep the owner from changing the password', async () => {
    const someone = await platform.member()
    await delayStrangers(someone.email)

    const { status } = await platform.request('POST', '/api/auth/password', {
      as: someone,
      body: { currentPassword: PASSWORD, newPassword: 'a new password' },
    })

    assert.equal(status, 204)
  })

  it('are counted separately for each known device', async () => {
    const { email, deviceToken } = await platform.member()
    const guess = () => signIn('198.51.100.9', { email, password: 'a wrong password', deviceToken })

    for (let failures = 0; failures < 10; failures++) assert.equal((await guess()).status, 401)

    assert.equal((await guess()).status, 429)
    assert.equal((await signIn('198.51.100.10', { email, password: PASSWORD })).status, 200)
  })

  it('still delay a client that presents the token of another account or an unknown one', async () => {
    const [owner, thief] = [await platform.member(), await platform.member()]
    await delayStrangers(owner.email)

    for (const deviceToken of [thief.deviceToken, 'x'.repeat(43)]) {
      const { status } = await signIn('198.51.100.11', { email: owner.email, password: PASSWORD, deviceToken })
      assert.equal(status, 429)
    }
  })
})
