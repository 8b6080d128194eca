import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import authService from '@doran/auth'
import { auth } from '@doran/auth/contract'
import { sql } from '@doran/kernel'
import { createLog } from '@doran/kernel/platform'
import { startPlatform, type TestPlatform } from '@doran/kernel/testing'
import userService from '@doran/user'
import { ensureAdministrator } from '../administrator.ts'
import { identity } from '../loaders.ts'

describe('the administrator of ADMIN_EMAIL', () => {
  let platform: TestPlatform
  const told: string[] = []
  before(async () => {
    const log = Object.assign(createLog('silent'), { error: (text: string) => void told.push(text) })
    platform = await startPlatform({ services: [authService, userService], identity, log })
  })
  after(() => platform.close())

  const settings = (email: string, password = 'the password of the operator') => ({
    ADMIN_EMAIL: email,
    ADMIN_PASSWORD: password,
  })
  const signIn = (email: string, password: string) =>
    platform.request('POST', '/api/auth/sign-in', { body: { email, password } })

  it('gets an account at the first start, which the next start leaves alone', async () => {
    await ensureAdministrator(platform, settings('boss@example.com'))
    await ensureAdministrator(platform, settings('boss@example.com', 'changed in the file only'))

    const { body } = await signIn('boss@example.com', 'the password of the operator')
    assert.deepEqual([body.roles, told.splice(0)], [['admin'], []])
  })

  it('is not the stranger who registered the address with a password of their own', async () => {
    const stranger = { email: 'root@example.com', password: 'a password of a stranger', name: 'Stranger' }
    await platform.request('POST', '/api/auth/register', { body: stranger })

    await ensureAdministrator(platform, settings(stranger.email))

    assert.deepEqual((await signIn(stranger.email, stranger.password)).body.roles, [])
    assert.match(told.splice(0).join(), /ADMIN_EMAIL was not made an administrator/)
  })

  it('is reported as suspended if nobody can sign in', async () => {
    await ensureAdministrator(platform, settings('asleep@example.com'))
    const { userId } = await platform
      .client(auth)
      .ensureAccount({ email: 'asleep@example.com', password: 'any other password', name: 'Asleep', roles: [] })
    await platform.database('auth').run(sql`update auth.accounts set status = 'suspended' where user_id = ${userId}`)

    await ensureAdministrator(platform, settings('asleep@example.com'))

    assert.match(told.splice(0).join(), /ADMIN_EMAIL is suspended/)
  })
})
