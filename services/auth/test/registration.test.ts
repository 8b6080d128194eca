import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { newId, sql } from '@doran/kernel'
import { user, userCreated } from '@doran/user/contract'
import { decodeJwt } from 'jose'
import { auth } from '../contract.ts'
import { type AuthPlatform, PASSWORD, startAuth } from './auth-platform.ts'

let platform: AuthPlatform
before(async () => {
  platform = await startAuth()
})
after(() => platform.close())

const register = (body: object) => platform.request('POST', '/api/auth/register', { body })

describe('registering', () => {
  it('opens an account, creates the user and signs them in', async () => {
    const { status, body } = await register({
      email: 'Kim@Example.com',
      password: PASSWORD,
      name: '김도란',
      locale: 'en',
    })

    assert.equal(status, 201)
    assert.deepEqual([body.expiresIn, body.roles], [600, []])
    const me = await platform.api(user, { token: body.accessToken }).getMe()
    assert.deepEqual([me.id, me.email, me.name, me.locale], [body.userId, 'Kim@Example.com', '김도란', 'en'])
    const claims = decodeJwt(body.accessToken)
    assert.deepEqual([claims.iss, claims.aud, claims.sub, claims.roles], ['doran', 'doran', body.userId, []])
    assert.equal(typeof claims.sid, 'string')
    assert.ok(Math.abs((claims.exp as number) - (claims.iat as number) - 600) <= 1)
  })

  it('is refused for a taken address, however it is capitalised', async () => {
    const { email } = await platform.member()

    const { status, body } = await register({ email: email.toUpperCase(), password: PASSWORD, name: 'Other' })

    assert.deepEqual([status, body.code], [409, 'email_taken'])
    assert.deepEqual(body.errors, { email: ['has already been taken'] })
  })

  it('creates one account and one user when the same address registers ten times at once', async () => {
    const body = { email: 'race@example.com', password: PASSWORD, name: 'Race' }

    const answers = await Promise.all(Array.from({ length: 10 }, () => register(body)))

    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, ...Array<number>(9).fill(409)])
    const entered = (await platform.events(userCreated)).filter(({ email }) => email === body.email)
    assert.equal(entered.length, 1)
    assert.equal(answers.find(({ status }) => status === 201)?.body.userId, entered[0]?.userId)
  })

  it('resumes under the same user id after a crash halfway', async () => {
    const [userId, email] = [newId(), 'crashed@example.com']
    await platform.database('auth').run(sql`insert into auth.accounts (user_id, email) values (${userId}, ${email})`)
    assert.equal((await platform.signIn(email)).body.code, 'credentials_invalid')

    const { status, body } = await register({ email, password: PASSWORD, name: 'Again' })

    assert.deepEqual([status, body.userId], [201, userId])
  })

  it('stores neither the password nor the refresh token', async () => {
    const { refreshToken } = await platform.member()

    const db = platform.database('auth')
    const kept = await db.all<{ row: string }>(sql`
      select a::text as row from auth.accounts a
      union all select s::text from auth.sessions s
      union all select t::text from auth.refresh_tokens t
      union all select k::text from doran.idempotency_keys k`)
    const text = kept.map(({ row }) => row).join('\n')
    assert.ok(!text.includes(PASSWORD) && !text.includes(refreshToken))
    assert.ok(!text.includes(Buffer.from(refreshToken).toString('hex')))
    assert.match(text, /\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  })

  it('is never replayed from an idempotency key', async () => {
    const body = { email: 'keyed@example.com', password: PASSWORD, name: 'Keyed' }
    const send = () =>
      platform.request('POST', '/api/auth/register', { body, headers: { 'idempotency-key': 'register-1' } })

    const [first, second] = [await send(), await send()]

    assert.deepEqual([first.status, second.status], [201, 409])
  })

  for (const [change, field] of [
    [{ email: 'not an address' }, 'email'],
    [{ email: undefined }, 'email'],
    [{ email: `${'x'.repeat(250)}@example.com` }, 'email'],
    [{ email: ['a@example.com'] }, 'email'],
    [{ password: 'short' }, 'password'],
    [{ password: 'x'.repeat(201) }, 'password'],
    [{ password: 12345678 }, 'password'],
    [{ name: '  ' }, 'name'],
    [{ name: 'x'.repeat(101) }, 'name'],
    [{ locale: 'fr' }, 'locale'],
  ] as const) {
    it(`refuses ${JSON.stringify(change).slice(0, 50)} as ${field}`, async () => {
      const { status, body } = await register({ email: 'bad@example.com', password: PASSWORD, name: 'Bad', ...change })

      assert.deepEqual([status, body.code], [422, 'validation_failed'])
      assert.deepEqual(Object.keys(body.errors), [field])
    })
  }
})

describe('an ensured account', () => {
  const admin = { email: 'root@example.com', password: PASSWORD, name: 'Root', roles: ['admin' as const] }

  it('is created once with its roles', async () => {
    const first = await platform.client(auth).ensureAccount(admin)
    const second = await platform.client(auth).ensureAccount({ ...admin, password: 'another password' })

    assert.deepEqual(second, first)
    const { status, body } = await platform.signIn(admin.email)
    assert.deepEqual([status, body.userId, body.roles], [200, first.userId, ['admin']])
  })

  it('gains the roles that it lacks and loses none', async () => {
    const seller = { ...admin, email: 'both@example.com', roles: ['seller' as const] }
    await platform.client(auth).ensureAccount(seller)

    await platform.client(auth).ensureAccount({ ...seller, roles: ['admin'] })

    assert.deepEqual((await platform.signIn(seller.email)).body.roles, ['admin', 'seller'])
  })

  it('gains no role if somebody else registered it', async () => {
    const stranger = await platform.member()
    const wanted = { ...admin, email: stranger.email.toUpperCase(), password: 'the password of the operator' }

    await assert.rejects(platform.client(auth).ensureAccount(wanted), { code: 'account_of_another' })

    assert.deepEqual((await platform.signIn(stranger.email)).body.roles, [])
    assert.equal((await platform.signIn(stranger.email, wanted.password)).status, 401)
  })

  it('reports that it is suspended', async () => {
    const { userId } = await platform.client(auth).ensureAccount({ ...admin, email: 'asleep@example.com' })
    await platform.database('auth').run(sql`update auth.accounts set status = 'suspended' where user_id = ${userId}`)

    const { status } = await platform.client(auth).ensureAccount({ ...admin, email: 'asleep@example.com' })

    assert.equal(status, 'suspended')
  })

  it('gets the requested id unless another account has it', async () => {
    const userId = newId()
    const wanted = { ...admin, email: 'fixed@example.com', userId }

    assert.equal((await platform.client(auth).ensureAccount(wanted)).userId, userId)
    await assert.rejects(platform.client(auth).ensureAccount({ ...wanted, email: 'thief@example.com' }), {
      code: 'user_id_taken',
    })
  })

  it('is created once by simultaneous calls', async () => {
    const wanted = { ...admin, email: 'starts@example.com' }

    const made = await Promise.all([1, 2, 3, 4].map(() => platform.client(auth).ensureAccount(wanted)))

    assert.equal(new Set(made.map(({ userId }) => userId)).size, 1)
  })

  it('cannot be requested from outside', async () => {
    const { status } = await platform.request('POST', '/api/auth/accounts', { body: admin })

    assert.equal(status, 404)
  })
})
