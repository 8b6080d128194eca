import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { newId } from '@doran/kernel'
import type { TestResponse } from '@doran/kernel/testing'
import { type AuthPlatform, PASSWORD, startAuth } from './auth-platform.ts'

describe('a password', () => {
  let platform: AuthPlatform
  before(async () => {
    platform = await startAuth()
  })
  after(() => platform.close())

  const register = (account: object) =>
    platform.request('POST', '/api/auth/register', {
      body: { email: `${newId()}@example.com`, name: '김도란', password: PASSWORD, ...account },
    })
  const registerMember = (account: object) =>
    platform.request('POST', '/api/users', {
      body: { user: { email: `${newId()}@example.com`, username: newId(), password: PASSWORD, ...account } },
    })
  const assertWeak = ({ status, body }: TestResponse, field = 'password') =>
    assert.deepEqual([status, body.code, Object.keys(body.errors)], [422, 'password_weak', [field]])

  for (const password of ['password', 'PassWord', '12345678', 'ｐａｓｓｗｏｒｄ', 'password123']) {
    it(`is refused when it is a common one: ${password}`, async () => {
      assertWeak(await register({ password }))
    })
  }

  it('is refused by every operation when it is blank', async () => {
    const blanks = '\u3000'.repeat(8)
    const someone = await platform.member()

    assertWeak(await register({ password: ' '.repeat(8) }))
    assertWeak(await register({ password: blanks }))
    assert.equal((await registerMember({ password: blanks })).status, 422)
    const changed = await platform.request('POST', '/api/auth/password', {
      as: someone,
      body: { currentPassword: PASSWORD, newPassword: blanks },
    })
    assertWeak(changed, 'newPassword')
  })

  it('is refused when it is the address or the name of its owner', async () => {
    assertWeak(await register({ email: 'someone.known@example.com', password: 'Someone.Known@example.com' }))
    assertWeak(await register({ email: 'someone.known@example.com', password: 'SOMEONE.KNOWN' }))
    assertWeak(await register({ name: 'Gildong Hong', password: 'gildong hong' }))
    assertWeak(await registerMember({ username: 'gildong hong', password: 'gildong hong' }))
  })

  it('must differ from the current one when it is changed, and obeys the same rules', async () => {
    const someone = await platform.member()
    const change = (newPassword: string) =>
      platform.request('POST', '/api/auth/password', { as: someone, body: { currentPassword: PASSWORD, newPassword } })

    assertWeak(await change(PASSWORD), 'newPassword')
    assertWeak(await change('iloveyou'), 'newPassword')
    assertWeak(await change(someone.email), 'newPassword')
    assert.equal((await change('an unusual sentence')).status, 204)
  })

  it('from a RealWorld client may be a common one, because its protocol allows that', async () => {
    assert.equal((await registerMember({ password: 'password123' })).status, 201)
  })

  it('of a seller must not be a common one, whatever the client', async () => {
    const seller = await platform.memberWith(['seller'])

    const answer = await platform.request('PUT', '/api/user', {
      as: seller,
      body: { user: { password: 'password123', currentPassword: PASSWORD } },
    })

    assertWeak(answer)
  })

  it('from a RealWorld client must not be a common one if the operator forbids it', async () => {
    const strict = await startAuth({ environment: { AUTH_COMMUNITY_COMMON_PASSWORDS: 'refuse' } })
    try {
      const user = { email: 'strict@example.com', username: 'strict one', password: 'password123' }

      assertWeak(await strict.request('POST', '/api/users', { body: { user } }))
    } finally {
      await strict.close()
    }
  })
})
