import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it, mock } from 'node:test'
import { newId, sql } from '@doran/kernel'
import { decodeJwt } from 'jose'
import { auth } from '../contract.ts'
import { type AuthPlatform, PASSWORD, startAuth } from './auth-platform.ts'

/** Tests what Doran adds to the RealWorld routes. `tests/journeys` covers the protocol itself. */
describe('the account of a RealWorld client', () => {
  let platform: AuthPlatform
  before(async () => {
    platform = await startAuth()
  })
  after(() => platform.close())
  afterEach(() => mock.timers.reset())

  async function register(username = newId()) {
    const user = { username, email: `${username}@example.com`, password: PASSWORD }
    const { status, body } = await platform.request('POST', '/api/users', { body: { user } })
    assert.equal(status, 201)
    return { ...user, token: body.user.token as string }
  }
  const current = (token: string) => platform.request('GET', '/api/user', { as: { token } })
  const change = (token: string, user: object) =>
    platform.request('PUT', '/api/user', { as: { token }, body: { user } })
  const later = (hours: number) => mock.timers.enable({ apis: ['Date'], now: Date.now() + hours * 3_600_000 })

  it('gets a token that lasts a day and stays the same for the first half of it', async () => {
    const { token } = await register()
    const { iat = 0, exp = 0 } = decodeJwt(token)

    later(11)

    assert.equal(exp - Math.floor(iat), 86_400)
    assert.equal((await current(token)).body.user.token, token)
  })

  it('gets a new token of the same session once half of the lifetime is over', async () => {
    const { token } = await register()

    later(13)
    const renewed = (await current(token)).body.user.token

    assert.notEqual(renewed, token)
    assert.equal(decodeJwt(renewed).sid, decodeJwt(token).sid)
    assert.equal((await current(renewed)).status, 200)
  })

  it('gets no new token for an access token that has a refresh token', async () => {
    const { accessToken } = await platform.member()

    later(0.15)

    assert.equal((await current(accessToken)).body.user.token, accessToken)
  })

  it('gets no new token after its session has ended', async () => {
    const { token } = await register()
    await platform
      .database('auth')
      .run(sql`update auth.sessions set expires_at = now() where id = ${decodeJwt<{ sid: string }>(token).sid}`)

    later(13)

    assert.equal((await current(token)).body.user.token, token)
  })

  it('loses its other sessions and keeps the current one when its password changes', async () => {
    const { token, email } = await register()
    const login = (password: string) =>
      platform.request('POST', '/api/users/login', { body: { user: { email, password } } })
    const other = (await login(PASSWORD)).body.user.token

    assert.equal((await change(token, { password: 'another password' })).status, 200)

    await platform.waitUntilRefused(other)
    assert.equal((await current(token)).status, 200)
    assert.deepEqual([(await login(PASSWORD)).status, (await login('another password')).status], [401, 200])
  })

  it('cannot change address or password without the current password long after the sign-in', async () => {
    const { token, email } = await register()
    later(0.1)

    const answers = [
      await change(token, { password: 'password of a thief' }),
      await change(token, { email: `${newId()}@example.com` }),
      await change(token, { password: 'password of a thief', currentPassword: 'a wrong password' }),
    ]

    assert.deepEqual(
      answers.map(({ status, body }) => [status, body.code, Object.keys(body.errors)]),
      [
        [403, 'password_needed', ['currentPassword']],
        [403, 'password_needed', ['currentPassword']],
        [422, 'password_wrong', ['currentPassword']],
      ],
    )
    assert.equal((await change(token, { bio: 'Mine' })).status, 200)
    assert.equal((await platform.signIn(email)).status, 200)
  })

  it('can change both with the current password, however long ago it signed in', async () => {
    for (const account of [await register(), await platform.memberWith(['seller'])]) {
      const email = `${newId()}@example.com`
      later(0.1)

      const { status } = await change(account.token, { email, password: 'another password', currentPassword: PASSWORD })

      mock.timers.reset()
      assert.deepEqual([status, (await platform.signIn(email, 'another password')).status], [200, 200])
    }
  })

  it('counts wrong current passwords like wrong passwords at a sign-in', async () => {
    const { token } = await register()
    const guess = () => change(token, { bio: 'x', currentPassword: 'a wrong password' })

    for (let failures = 0; failures < 10; failures++) assert.equal((await guess()).status, 422)

    assert.deepEqual([(await guess()).status, (await guess()).body.code], [429, 'too_many_attempts'])
  })

  it('keeps the time of its sign-in when its token is renewed', async () => {
    const { token } = await register()
    const { auth_time } = decodeJwt<{ auth_time: number }>(token)

    later(13)
    const renewed = (await current(token)).body.user.token

    assert.equal(decodeJwt<{ auth_time: number }>(renewed).auth_time, auth_time)
    assert.equal((await change(renewed, { password: 'another password' })).body.code, 'password_needed')
  })

  it('cannot change address or password without the current password if it has a role', async () => {
    for (const role of ['seller', 'admin'] as const) {
      const { token, email } = await platform.memberWith([role])

      const password = await change(token, { password: 'another password', bio: 'x' })
      const address = await change(token, { email: `${newId()}@example.com` })
      const others = await change(token, { email, bio: 'Mine' })

      assert.deepEqual([password.status, password.body.code], [403, 'password_needed'])
      assert.deepEqual([address.status, address.body.code], [403, 'password_needed'])
      assert.deepEqual([others.status, others.body.user.bio], [200, 'Mine'])
      assert.equal((await platform.signIn(email)).status, 200)
    }
  })

  it('changes completely or not at all', async () => {
    const [one, two] = [await register(), await register()]

    const takenName = await change(one.token, { email: `${newId()}@example.com`, username: two.username, bio: 'x' })
    const takenEmail = await change(one.token, { email: two.email, username: newId(), password: 'another password' })

    assert.deepEqual([takenName.status, takenName.body.code], [409, 'username_taken'])
    assert.deepEqual([takenEmail.status, takenEmail.body.code], [409, 'email_taken'])
    const { email, username, bio } = (await current(one.token)).body.user
    assert.deepEqual({ email, username, bio }, { email: one.email, username: one.username, bio: null })
    assert.equal((await platform.signIn(one.email)).status, 200)
  })

  it('gets an audit entry when its address or password changes', async () => {
    const { token } = await register()
    const userId = decodeJwt(token).sub as string
    await change(token, { email: `${newId()}@example.com` })
    await change(token, { password: 'another password' })

    const admin = await platform.memberWith(['admin'])
    const { items } = await platform.api(auth, admin).listAuditV2({ userId })
    const first = await platform.api(auth, admin).listAudit({ userId })

    assert.deepEqual(
      items.map(({ kind }) => kind),
      ['password_changed', 'email_changed', 'registered'],
    )
    assert.deepEqual(
      first.items.map(({ kind }) => kind),
      ['password_changed', 'registered'],
    )
  })

  it('resumes an unfinished registration under the name that was requested last', async () => {
    const [first, second] = [newId(), newId()]
    const email = `${first}@example.com`
    await register('already-taken')
    const refused = { username: 'already-taken', email, password: PASSWORD }
    assert.equal((await platform.request('POST', '/api/users', { body: { user: refused } })).status, 409)

    // The state after a crash between creating the user and opening the account.
    const { id } = await platform
      .database('auth')
      .one<{ id: string }>(sql`select user_id as id from auth.accounts where email = ${email}`)
    const { user } = await import('@doran/user/contract')
    await platform.client(user).createUser({ userId: id, email, name: first, username: first })
    const { body } = await platform.request('POST', '/api/users', {
      body: { user: { username: second, email, password: PASSWORD } },
    })

    assert.equal(body.user.username, second)
  })
})
