import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { sql } from '@doran/kernel'
import { decodeJwt } from 'jose'
import { auth } from '../contract.ts'
import { type AuthPlatform, age, startAuth } from './auth-platform.ts'

let platform: AuthPlatform
before(async () => {
  platform = await startAuth()
})
after(() => platform.close())

describe('refreshing', () => {
  it('rotates the refresh token and continues the session', async () => {
    const someone = await platform.member()

    const first = await platform.refresh(someone.refreshToken)
    const second = await platform.refresh(first.body.refreshToken)

    assert.deepEqual([first.status, second.status], [200, 200])
    const tokens = [someone.refreshToken, first.body.refreshToken, second.body.refreshToken]
    assert.equal(new Set(tokens).size, 3)
    assert.equal(decodeJwt(second.body.accessToken).sid, decodeJwt(someone.accessToken).sid)
    assert.equal(await platform.statusOf(second.body.accessToken), 200)
  })

  it('returns the same successor again within thirty seconds', async () => {
    const { refreshToken } = await platform.member()
    const first = await platform.refresh(refreshToken)
    await platform.refresh(first.body.refreshToken)

    await age(platform, 'rotation', 25)
    const again = await platform.refresh(refreshToken)

    assert.equal(again.status, 200)
    assert.equal(again.body.refreshToken, first.body.refreshToken)
    assert.equal((await platform.refresh(again.body.refreshToken)).status, 200)
  })

  it('ends the session when a token is reused after thirty seconds', async () => {
    const { refreshToken, accessToken } = await platform.member()
    const { body: successor } = await platform.refresh(refreshToken)
    await age(platform, 'rotation', 31)

    const reused = await platform.refresh(refreshToken)

    assert.deepEqual([reused.status, reused.body.code], [401, 'refresh_token_reused'])
    await platform.waitUntilRefused(accessToken)
    await platform.waitUntilRefused(successor.accessToken)
    const next = await platform.refresh(successor.refreshToken)
    assert.deepEqual([next.status, next.body.code], [401, 'refresh_token_invalid'])
  })

  it('ends no other session of the user after a reuse', async () => {
    const someone = await platform.member()
    const { body: other } = await platform.signIn(someone.email)
    await platform.refresh(someone.refreshToken)
    await age(platform, 'rotation', 31)

    await platform.refresh(someone.refreshToken)

    await platform.waitUntilRefused(someone.accessToken)
    assert.equal(await platform.statusOf(other.accessToken), 200)
    assert.equal((await platform.refresh(other.refreshToken)).status, 200)
  })

  it('gives simultaneous calls one and the same successor', async () => {
    const { refreshToken, userId } = await platform.member()
    const rounds = 5

    let token = refreshToken
    for (let round = 0; round < rounds; round++) {
      const answers = await Promise.all(Array.from({ length: 8 }, () => platform.refresh(token)))
      assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200])
      assert.equal(new Set(answers.map(({ body }) => body.refreshToken)).size, 1)
      token = answers[0]?.body.refreshToken
    }

    const { count } = await platform.database('auth').one<{ count: number }>(sql`
      select count(*) from auth.refresh_tokens t join auth.sessions s on s.id = t.session_id
      where s.user_id = ${userId}`)
    assert.equal(count, 1 + rounds)
  })

  it('can be called by another service, which may repeat the call', async () => {
    const { refreshToken } = await platform.member()

    const { accessToken } = await platform.client(auth).refresh({ refreshToken })

    assert.equal(await platform.statusOf(accessToken), 200)
  })

  it('is refused thirty days after the last refresh', async () => {
    const { refreshToken, userId } = await platform.member()
    await platform.database('auth').run(sql`
      update auth.sessions set expires_at = expires_at - interval '30 days' where user_id = ${userId}`)

    const { status, body } = await platform.refresh(refreshToken)

    assert.deepEqual([status, body.code], [401, 'refresh_token_invalid'])
  })

  it('is refused for tokens that were never issued', async () => {
    const { accessToken } = await platform.member()
    for (const token of ['x', 'A'.repeat(43), accessToken.slice(0, 200)]) {
      const { status, body } = await platform.refresh(token)
      assert.deepEqual([status, body.code], [401, 'refresh_token_invalid'])
    }
  })

  for (const body of [{}, { refreshToken: '' }, { refreshToken: 1 }, { refreshToken: 'x'.repeat(201) }]) {
    it(`refuses ${JSON.stringify(body).slice(0, 40)}`, async () => {
      const answer = await platform.request('POST', '/api/auth/refresh', { body })

      assert.deepEqual([answer.status, answer.body.code], [422, 'validation_failed'])
      assert.deepEqual(Object.keys(answer.body.errors), ['refreshToken'])
    })
  }
})
