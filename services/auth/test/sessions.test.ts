import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { newId, sql } from '@doran/kernel'
import { runJob } from '@doran/kernel/testing'
import { user } from '@doran/user/contract'
import { decodeJwt } from 'jose'
import { auth } from '../contract.ts'
import { onUserStatusChanged } from '../events/on-user-status-changed.ts'
import { type AuthPlatform, PASSWORD, startAuth } from './auth-platform.ts'

let platform: AuthPlatform
before(async () => {
  platform = await startAuth()
})
after(() => platform.close())

const sessionOf = (accessToken: string) => decodeJwt(accessToken).sid as string

describe('the sessions of a user', () => {
  it('are listed newest first, with the current one marked', async () => {
    const someone = await platform.member()
    const second = await platform.request('POST', '/api/auth/sign-in', {
      body: { email: someone.email, password: PASSWORD },
      headers: { 'user-agent': `Firefox ${'x'.repeat(400)}` },
    })

    const { items, next } = await platform.api(auth, someone).listSessions()

    assert.deepEqual(
      items.map(({ id, current }) => [id, current]),
      [
        [sessionOf(second.body.accessToken), false],
        [sessionOf(someone.token), true],
      ],
    )
    assert.equal(next, null)
    assert.deepEqual([items[0]?.address, items[0]?.userAgent?.slice(0, 8)], ['127.0.0.1', 'Firefox '])
    assert.equal(items[0]?.userAgent?.length, 300)
  })

  it('are returned page by page', async () => {
    const someone = await platform.member()
    for (let count = 0; count < 2; count++) await platform.signIn(someone.email)
    const api = platform.api(auth, someone)

    const first = await api.listSessions({ limit: 2 })
    const second = await api.listSessions({ limit: 2, cursor: first.next as string })

    assert.deepEqual([first.items.length, second.items.length, second.next], [2, 1, null])
    assert.equal(second.items[0]?.current, true)
  })

  it('are not listed for invalid limits and cursors', async () => {
    const someone = await platform.member()
    const forged = Buffer.from('["x"]').toString('base64url')

    for (const [query, field] of [
      ['limit=0', 'limit'],
      ['limit=many', 'limit'],
      ['cursor=%00', 'cursor'],
      [`cursor=${forged}`, 'cursor'],
    ]) {
      const { status, body } = await platform.request('GET', `/api/auth/sessions?${query}`, { as: someone })
      assert.deepEqual([status, Object.keys(body.errors)], [422, [field]])
    }
  })

  it('need a signed-in user', async () => {
    const answers = await Promise.all([
      platform.request('GET', '/api/auth/sessions'),
      platform.request('DELETE', `/api/auth/sessions/${newId()}`),
      platform.request('POST', '/api/auth/sign-out'),
      platform.request('POST', '/api/auth/password', { body: {} }),
    ])

    for (const { status, body } of answers) assert.deepEqual([status, body.code], [401, 'token_missing'])
  })
})

describe('a session', () => {
  it('ends ninety days after the sign-in, however often it is refreshed', async () => {
    const someone = await platform.member()
    const db = platform.database('auth')
    await db.run(sql`
      update auth.sessions set created_at = now() - interval '89 days', expires_at = now() + interval '20 days'
      where user_id = ${someone.userId}`)

    const { body } = await platform.refresh(someone.refreshToken)

    const { days } = await db.one<{ days: number }>(sql`
      select extract(epoch from expires_at - now())::float8 / 86400 as days from auth.sessions where user_id = ${someone.userId}`)
    assert.ok(days > 0.9 && days <= 1, `${days} days`)
    assert.equal(await platform.statusOf(body.accessToken), 200)
  })

  it('ends at the twenty-first sign-in if it is the least recently used one', async () => {
    const someone = await platform.member()
    for (let count = 0; count < 18; count++) await platform.signIn(someone.email)
    const { body: second } = await platform.refresh(someone.refreshToken)
    await platform.signIn(someone.email)
    await platform.signIn(someone.email)

    const { items } = await platform.api(auth, { token: second.accessToken }).listSessions({ limit: 100 })

    assert.deepEqual([items.length, items.at(-1)?.id], [20, sessionOf(someone.token)])
  })
})

describe('ending a session', () => {
  it('invalidates its access token and refresh token, and no others', async () => {
    const someone = await platform.member()
    const { body: other } = await platform.signIn(someone.email)
    assert.equal(await platform.statusOf(other.accessToken), 200)

    await platform.api(auth, someone).revokeSession({ sessionId: sessionOf(other.accessToken) })

    await platform.waitUntilRefused(other.accessToken)
    assert.equal((await platform.refresh(other.refreshToken)).body.code, 'refresh_token_invalid')
    assert.equal(await platform.statusOf(someone.token), 200)
    const { items } = await platform.api(auth, someone).listSessions()
    assert.equal(items.length, 1)
  })

  it("may be repeated, but is refused for somebody else's session", async () => {
    const [someone, other] = [await platform.member(), await platform.member()]
    const { body } = await platform.signIn(someone.email)
    const end = (as: { token: string }, id: string) => platform.request('DELETE', `/api/auth/sessions/${id}`, { as })

    const first = await end(someone, sessionOf(body.accessToken))
    const again = await end(someone, sessionOf(body.accessToken))
    const foreign = await end(other, sessionOf(someone.token))
    const noId = await end(someone, 'all')

    assert.deepEqual([first.status, again.status], [204, 204])
    assert.deepEqual([foreign.status, foreign.body.code], [404, 'session_not_found'])
    assert.deepEqual([noId.status, noId.body.errors], [422, { sessionId: ['must be a UUID'] }])
    assert.equal(await platform.statusOf(someone.token), 200)
  })

  it('can cover all sessions, including the current one', async () => {
    const [someone, other] = [await platform.member(), await platform.member()]
    const { body: second } = await platform.signIn(someone.email)

    const { status } = await platform.request('DELETE', '/api/auth/sessions', { as: someone })

    assert.equal(status, 204)
    for (const { accessToken, refreshToken } of [someone, second]) {
      await platform.waitUntilRefused(accessToken)
      assert.equal((await platform.refresh(refreshToken)).status, 401)
    }
    assert.deepEqual([await platform.statusOf(other.token), (await platform.signIn(someone.email)).status], [200, 200])
  })

  it('by signing out invalidates the tokens of the current session', async () => {
    const someone = await platform.member()

    const { status } = await platform.request('POST', '/api/auth/sign-out', { as: someone })

    assert.equal(status, 204)
    await platform.waitUntilRefused(someone.accessToken)
    assert.equal((await platform.refresh(someone.refreshToken)).status, 401)
  })

  it('is reported to processes that ask for recent revocations and to those that ask for all', async () => {
    const someone = await platform.member()
    const begun = Date.now() / 1_000
    await platform.request('POST', '/api/auth/sign-out', { as: someone })
    const subjects = async (since?: number) =>
      (await platform.client(auth).getRevocations({ since })).map(({ subject }) => subject)
    const own = `session:${sessionOf(someone.token)}`

    assert.ok((await subjects()).includes(own))
    assert.ok((await subjects(begun - 1)).includes(own))
    assert.deepEqual(await subjects(begun + 3_600), [])
  })

  it('takes effect in a process that starts later', async () => {
    const someone = await platform.member()
    await platform.api(auth, someone).signOut()

    const later = await startAuth({ databaseUrl: platform.url })
    const status = await later.statusOf(someone.accessToken)
    await later.close()

    assert.equal(status, 401)
  })
})

describe('changing the password', () => {
  const change = (as: { token: string }, currentPassword: unknown, newPassword: unknown) =>
    platform.request('POST', '/api/auth/password', { as, body: { currentPassword, newPassword } })

  it('ends the other sessions and keeps the current one', async () => {
    const someone = await platform.member()
    const { body: other } = await platform.signIn(someone.email)

    const { status } = await change(someone, PASSWORD, 'a new password')

    assert.equal(status, 204)
    await platform.waitUntilRefused(other.accessToken)
    assert.equal((await platform.refresh(other.refreshToken)).status, 401)
    assert.equal((await platform.refresh(someone.refreshToken)).status, 200)
    assert.equal((await platform.signIn(someone.email)).status, 401)
    assert.equal((await platform.signIn(someone.email, 'a new password')).status, 200)
  })

  it('needs the current one, and wrong ones delay the next attempt', async () => {
    const someone = await platform.member()

    const answers = []
    for (let attempt = 0; attempt < 11; attempt++) {
      answers.push(
        await platform.request('POST', '/api/auth/password', {
          as: someone,
          body: { currentPassword: 'not this one', newPassword: 'a new password' },
          headers: { 'idempotency-key': `attempt-${attempt}` },
        }),
      )
    }

    assert.deepEqual([answers[0]?.status, answers[0]?.body.code], [422, 'password_wrong'])
    assert.deepEqual(answers[0]?.body.errors, { currentPassword: ['is not your current password'] })
    assert.deepEqual([answers[10]?.status, answers[10]?.body.code], [429, 'too_many_attempts'])
  })

  it('succeeds once when two requests come at the same time', async () => {
    const someone = await platform.member()

    const answers = await Promise.all([
      change(someone, PASSWORD, 'the first password'),
      change(someone, PASSWORD, 'the second password'),
    ])

    assert.deepEqual(answers.map(({ status }) => status).sort(), [204, 422])
    const kept = answers[0].status === 204 ? 'the first password' : 'the second password'
    assert.equal((await platform.signIn(someone.email, kept)).status, 200)
  })

  it('refuses passwords that are too short or too long', async () => {
    const someone = await platform.member()
    for (const password of ['short', 'x'.repeat(201), 12345678, undefined]) {
      const { status, body } = await change(someone, PASSWORD, password)
      assert.deepEqual([status, Object.keys(body.errors)], [422, ['newPassword']])
    }
  })
})

describe('a suspended or withdrawn user', () => {
  const setStatus = (userId: string, status: 'active' | 'suspended' | 'withdrawn') =>
    platform.client(user, { id: newId(), roles: ['admin'], session: newId() }).changeStatus({ userId, status })

  it('is signed out everywhere within a second', async () => {
    const someone = await platform.member()
    const { body: other } = await platform.signIn(someone.email)
    assert.deepEqual([await platform.statusOf(someone.token), await platform.statusOf(other.accessToken)], [200, 200])

    await setStatus(someone.userId, 'suspended')

    const took = await Promise.all([
      platform.waitUntilRefused(someone.token),
      platform.waitUntilRefused(other.accessToken),
    ])
    assert.ok(Math.max(...took) < 1_000)
    assert.equal((await platform.refresh(someone.refreshToken)).body.code, 'refresh_token_invalid')
  })

  it('learns of it only with the right password', async () => {
    const someone = await platform.member()
    await setStatus(someone.userId, 'suspended')
    await platform.settled()

    const right = await platform.signIn(someone.email)
    const wrong = await platform.signIn(someone.email, 'a wrong password')

    assert.deepEqual(
      [right.status, right.body.code, right.body.accountStatus],
      [403, 'account_not_active', 'suspended'],
    )
    assert.match(right.body.detail, /suspended/)
    assert.deepEqual([wrong.status, wrong.body.code], [401, 'credentials_invalid'])
  })

  it('can sign in at once after reactivation, while old tokens stay revoked', async () => {
    const someone = await platform.member()
    await setStatus(someone.userId, 'suspended')
    await setStatus(someone.userId, 'active')
    await platform.settled()

    const { status, body } = await platform.signIn(someone.email)

    assert.equal(status, 200)
    assert.equal(await platform.statusOf(body.accessToken), 200)
    await platform.waitUntilRefused(someone.token)
  })

  it('is signed out even if the end of the suspension arrives before its beginning', async () => {
    const someone = await platform.member()
    const channel = { publish: async () => {}, subscribe: () => () => {}, onGap: () => {} }
    const deliver = (version: number, status: 'active' | 'suspended', previous: 'active' | 'suspended') =>
      platform.database('auth').transaction((tx) =>
        onUserStatusChanged.handle({ userId: someone.userId, version, status, previous }, {
          db: tx,
          channel,
        } as never),
      )

    await deliver(3, 'active', 'suspended')
    await deliver(2, 'suspended', 'active')

    assert.equal((await platform.refresh(someone.refreshToken)).status, 401)
    assert.equal((await platform.signIn(someone.email)).status, 200)
  })

  it('stays signed out when events arrive late and out of order', async () => {
    const someone = await platform.member()
    const deliver = (version: number, status: 'active' | 'suspended') =>
      platform.database('auth').transaction((tx) =>
        onUserStatusChanged.handle({ userId: someone.userId, version, status, previous: 'active' }, {
          db: tx,
          channel: { publish: async () => {}, subscribe: () => () => {}, onGap: () => {} },
        } as never),
      )

    await deliver(7, 'suspended')
    await deliver(6, 'active')
    await deliver(7, 'suspended')

    assert.equal((await platform.signIn(someone.email)).body.code, 'account_not_active')
  })

  it('cannot sign in after a withdrawal', async () => {
    const someone = await platform.member()
    await platform.api(user, someone).changeStatus({ userId: someone.userId, status: 'withdrawn' })

    await platform.waitUntilRefused(someone.token)
    await platform.settled()
    const { status, body } = await platform.signIn(someone.email)

    assert.deepEqual([status, body.code], [401, 'credentials_invalid'])
  })
})

describe('an ended session', () => {
  it('is deleted by the daily job, while a live one is kept', async () => {
    const [gone, kept] = [await platform.member(), await platform.member()]
    const db = platform.database('auth')
    await db.run(sql`update auth.sessions set expires_at = now() - interval '1 minute' where user_id = ${gone.userId}`)

    await runJob(platform, 'auth/job:forget-what-has-ended')

    const left = await db.all<{ id: string }>(sql`
      select user_id as id from auth.sessions where user_id = any(${[gone.userId, kept.userId]}::uuid[])`)
    assert.deepEqual(left, [{ id: kept.userId }])
    assert.equal((await platform.refresh(kept.refreshToken)).status, 200)
  })
})
