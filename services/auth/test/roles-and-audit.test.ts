import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { newId, sql } from '@doran/kernel'
import { decodeJwt } from 'jose'
import { auth } from '../contract.ts'
import { type AuthPlatform, age, type Member, PASSWORD, startAuth } from './auth-platform.ts'

let platform: AuthPlatform
let admin: Member
before(async () => {
  platform = await startAuth()
  admin = await platform.memberWith(['admin'])
})
after(() => platform.close())

const setRoles = (as: { token: string }, userId: string, body: object) =>
  platform.request('PUT', `/api/auth/users/${userId}/roles`, { as, body })

describe('roles', () => {
  it('apply from the next refresh on and revoke tokens with the old ones', async () => {
    const someone = await platform.member()
    assert.equal(await platform.statusOf(someone.token), 200)

    const { status, body } = await setRoles(admin, someone.userId, { roles: ['seller'] })

    assert.deepEqual([status, body], [200, { userId: someone.userId, roles: ['seller'] }])
    await platform.waitUntilRefused(someone.token)
    const refreshed = await platform.refresh(someone.refreshToken)
    assert.deepEqual([refreshed.status, refreshed.body.roles], [200, ['seller']])
    assert.equal(await platform.statusOf(refreshed.body.accessToken), 200)
  })

  it('change nothing when they are the same', async () => {
    const seller = await platform.memberWith(['seller'])

    await setRoles(admin, seller.userId, { roles: ['seller'] })
    await platform.settled()

    assert.equal(await platform.statusOf(seller.token), 200)
  })

  it('of an administrator work until they are taken away', async () => {
    const second = await platform.memberWith(['admin', 'seller'])
    const someone = await platform.member()
    assert.equal((await setRoles(second, someone.userId, { roles: [] })).status, 200)

    await setRoles(admin, second.userId, { roles: ['seller'] })

    await platform.waitUntilRefused(second.token)
    const { body } = await platform.refresh(second.refreshToken)
    const refusal = await setRoles({ token: body.accessToken }, someone.userId, { roles: ['admin'] })
    assert.deepEqual([refusal.status, refusal.body.code], [403, 'forbidden'])
  })

  it('never leave old rights in a token granted while they change', async () => {
    const someone = await platform.memberWith(['seller'])

    const [refreshed] = await Promise.all([
      platform.refresh(someone.refreshToken),
      setRoles(admin, someone.userId, { roles: [] }),
    ])

    if (refreshed.body.roles.length > 0) await platform.waitUntilRefused(refreshed.body.accessToken)
    else assert.equal(await platform.statusOf(refreshed.body.accessToken), 200)
  })

  it('are set only by administrators, who cannot take the role from themselves', async () => {
    const [someone, seller] = [await platform.member(), await platform.memberWith(['seller'])]

    const bySeller = await setRoles(seller, seller.userId, { roles: ['admin'] })
    const byUser = await setRoles(someone, someone.userId, { roles: ['admin'] })
    const own = await setRoles(admin, admin.userId, { roles: [] })
    const unknown = await setRoles(admin, newId(), { roles: [] })

    assert.deepEqual([bySeller.status, byUser.status], [403, 403])
    assert.deepEqual([own.status, own.body.code], [409, 'own_admin_role'])
    assert.deepEqual([unknown.status, unknown.body.code], [404, 'account_not_found'])
  })

  it('keep the operator role, which administrators can neither give nor take', async () => {
    const admin = await platform.memberWith(['admin'])
    const operator = await platform.memberWith(['admin', 'operator'])

    const made = await setRoles(admin, admin.userId, { roles: ['admin', 'operator'] })
    const left = await setRoles(admin, operator.userId, { roles: ['seller'] })

    assert.equal(made.status, 422)
    assert.deepEqual([left.status, left.body.roles], [200, ['seller']])
    const { roles } = await platform.database('auth').one<{ roles: string[] }>(sql`
      select roles from auth.accounts where user_id = ${operator.userId}`)
    assert.deepEqual(roles, ['operator', 'seller'])
    const refreshed = await platform.request('POST', '/api/auth/refresh', {
      body: { refreshToken: operator.refreshToken },
    })
    assert.deepEqual(refreshed.body.roles, ['seller'])
    assert.deepEqual(decodeJwt(refreshed.body.accessToken).roles, ['operator', 'seller'])
  })

  it('are refused unless they are a list of roles', async () => {
    const someone = await platform.member()
    for (const body of [{}, { roles: 'admin' }, { roles: ['owner'] }, { roles: ['admin', 'admin'] }, { roles: null }]) {
      const answer = await setRoles(admin, someone.userId, body)
      assert.deepEqual([answer.status, answer.body.code], [422, 'validation_failed'])
    }
    assert.equal((await setRoles(admin, 'me', { roles: [] })).status, 422)
  })
})

describe('the audit', () => {
  it('records what happened to an account, newest first', async () => {
    const someone = await platform.member()
    await platform.signIn(someone.email, 'a wrong password')
    const { body: second } = await platform.signIn(someone.email)
    await platform.request('POST', '/api/auth/password', {
      as: someone,
      body: { currentPassword: PASSWORD, newPassword: 'a new password' },
    })
    await setRoles(admin, someone.userId, { roles: ['seller'] })
    const { body: third } = await platform.refresh(someone.refreshToken)
    await age(platform, 'rotation', 31)
    await platform.refresh(someone.refreshToken)
    await platform.waitUntilRefused(third.accessToken)

    const { items } = await platform.api(auth, admin).listAudit({ userId: someone.userId })

    assert.deepEqual(
      items.map(({ kind }) => kind),
      ['refresh_token_reused', 'roles_changed', 'password_changed', 'signed_in', 'sign_in_failed', 'registered'],
    )
    assert.deepEqual(items[1]?.details, { roles: ['seller'], previous: [], by: admin.userId })
    assert.deepEqual([items[3]?.address, typeof items[3]?.sessionId], ['127.0.0.1', 'string'])
    assert.notEqual(second.accessToken, third.accessToken)
  })

  it('records failed sign-ins to accounts that do not exist, without the address', async () => {
    await platform.signIn('ghost@example.com')

    const { items } = await platform.api(auth, admin).listAudit({ kind: 'sign_in_failed', limit: 1 })

    assert.equal(items[0]?.userId, null)
    assert.ok(!JSON.stringify(items).includes('ghost'))
  })

  it('is returned page by page', async () => {
    const someone = await platform.member()
    for (let count = 0; count < 4; count++) await platform.signIn(someone.email)
    const api = platform.api(auth, admin)
    const query = { userId: someone.userId, limit: 2 }

    const first = await api.listAudit(query)
    const second = await api.listAudit({ ...query, cursor: first.next as string })
    const third = await api.listAudit({ ...query, cursor: second.next as string })

    const ids = [first, second, third].flatMap(({ items }) => items.map(({ id }) => id))
    assert.deepEqual([ids.length, new Set(ids).size, third.next], [5, 5, null])
    assert.deepEqual(ids, ids.toSorted().reverse())
  })

  it('is open to administrators only and refuses invalid filters', async () => {
    const someone = await platform.member()
    const list = (query: string, as?: { token: string }) =>
      platform.request('GET', `/api/auth/audit${query}`, as && { as })

    assert.deepEqual([(await list('')).status, (await list('', someone)).status], [401, 403])
    for (const query of [
      '?userId=1',
      '?kind=slept',
      '?limit=101',
      '?cursor=%5B%5D',
      `?cursor=${Buffer.from('[1]').toString('base64url')}`,
    ]) {
      assert.deepEqual([query, (await list(query, admin)).status], [query, 422])
    }
  })
})
