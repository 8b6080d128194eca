import assert from 'node:assert/strict'
import { after, before, describe, it, mock } from 'node:test'
import { newId } from '@doran/kernel'
import { startPlatform, type TestPlatform, type TestUser } from '@doran/kernel/testing'
import { user, userCreated, userStatusChanged, userUpdated } from '../contract.ts'
import service from '../index.ts'

let platform: TestPlatform
before(async () => {
  platform = await startPlatform({ services: [service] })
})
after(() => platform.close())

/** Creates a signed-in user with a profile. */
async function member(name = '김도란', roles: string[] = []): Promise<TestUser> {
  const someone = await platform.user(roles)
  await platform.client(user).createUser({ userId: someone.id, email: `${someone.id}@example.com`, name })
  return someone
}

/** The events of one user. */
async function eventsOf<E extends Parameters<TestPlatform['events']>[0]>(event: E, { id }: TestUser) {
  const all = (await platform.events(event)) as { userId: string; version: number }[]
  return all.filter(({ userId }) => userId === id)
}

describe('a profile', () => {
  it('is created once, however often it is requested', async () => {
    const someone = await platform.user()
    const input = { userId: someone.id, email: 'kim@example.com', name: 'Kim', locale: 'en' as const }

    const first = await platform.client(user).createUser(input)
    const second = await platform.client(user).createUser({ ...input, name: 'Another' })

    assert.deepEqual(second, first)
    assert.deepEqual([first.name, first.locale, first.status, first.phone], ['Kim', 'en', 'active', null])
    assert.deepEqual(await eventsOf(userCreated, someone), [
      {
        userId: someone.id,
        version: 1,
        email: 'kim@example.com',
        name: 'Kim',
        username: first.username,
        locale: 'en',
      },
    ])
  })

  it('is created once by simultaneous calls', async () => {
    const someone = await platform.user()
    const create = () => platform.client(user).createUser({ userId: someone.id, email: 'a@example.com', name: 'Lee' })

    await Promise.all([create(), create(), create(), create()])

    assert.equal((await eventsOf(userCreated, someone)).length, 1)
  })

  it('is shown completely to its owner and with its name only to anyone', async () => {
    const someone = await member('박도란')

    const own = await platform.api(user, someone).getMe()
    const seen = await platform.api(user).getUser({ userId: someone.id })

    assert.equal(own.email, `${someone.id}@example.com`)
    assert.deepEqual(seen, { id: someone.id, name: '박도란' })
  })

  it('does not exist for an unknown user, and needs a token', async () => {
    const stranger = await platform.user()

    const me = await platform.request('GET', '/api/users/me', { as: stranger })
    const other = await platform.request('GET', `/api/users/${newId()}`)
    const anonymous = await platform.request('GET', '/api/users/me')

    assert.deepEqual([me.status, me.body.code], [404, 'user_not_found'])
    assert.deepEqual([other.status, other.body.code], [404, 'user_not_found'])
    assert.deepEqual([anonymous.status, anonymous.body.code], [401, 'token_missing'])
  })

  it('is given to other services in batches, without unknown users', async () => {
    const [one, two] = [await member('One'), await member('Two')]

    const found = await platform.client(user).getUsers({ userIds: [one.id, two.id, newId()] })

    assert.deepEqual(found.map(({ name }) => name).sort(), ['One', 'Two'])
    assert.deepEqual(Object.keys(found[0] ?? {}).sort(), ['email', 'id', 'locale', 'name', 'status'])
  })
})

describe('changing a profile', () => {
  it('changes the given fields, keeps the others, and publishes the change once', async () => {
    const someone = await member('Before')

    const named = await platform
      .api(user, someone)
      .updateUser({ userId: someone.id, name: 'After', phone: '010-1234-5678' })
    const moved = await platform.api(user, someone).updateUser({ userId: someone.id, locale: 'en' })
    const again = await platform.api(user, someone).updateUser({ userId: someone.id, locale: 'en' })

    assert.deepEqual([named.name, named.phone, named.locale], ['After', '010-1234-5678', 'ko'])
    assert.deepEqual([moved.name, moved.phone, moved.locale], ['After', '010-1234-5678', 'en'])
    assert.deepEqual(again, moved)
    const { username } = moved
    assert.deepEqual(await eventsOf(userUpdated, someone), [
      { userId: someone.id, version: 2, name: 'After', username, locale: 'ko', changed: ['name', 'phone'] },
      { userId: someone.id, version: 3, name: 'After', username, locale: 'en', changed: ['locale'] },
    ])
  })

  it('removes the phone number with null', async () => {
    const someone = await member()
    await platform.api(user, someone).updateUser({ userId: someone.id, phone: '+82 10 1234 5678' })

    const without = await platform.api(user, someone).updateUser({ userId: someone.id, phone: null })

    assert.equal(without.phone, null)
  })

  it('is open to administrators and closed to other users', async () => {
    const [someone, other, admin] = [await member('Mine'), await member(), await member('Admin', ['admin'])]

    const byAdmin = await platform.api(user, admin).updateUser({ userId: someone.id, name: 'Corrected' })
    const byOther = await platform.request('PUT', `/api/users/${someone.id}`, { as: other, body: { name: 'Stolen' } })

    assert.equal(byAdmin.name, 'Corrected')
    assert.deepEqual([byOther.status, byOther.body.code], [403, 'not_your_profile'])
    assert.equal((await platform.api(user, someone).getMe()).name, 'Corrected')
  })

  it('never loses one of two simultaneous changes', async () => {
    const someone = await member('Before')
    const api = platform.api(user, someone)

    await Promise.all([
      api.updateUser({ userId: someone.id, name: 'After' }),
      api.updateUser({ userId: someone.id, phone: '02-123-4567' }),
      api.updateUser({ userId: someone.id, locale: 'en' }),
    ])

    const profile = await api.getMe()
    assert.deepEqual([profile.name, profile.phone, profile.locale], ['After', '02-123-4567', 'en'])
    const versions = (await eventsOf(userUpdated, someone)).map(({ version }) => version)
    assert.deepEqual(versions.sort(), [2, 3, 4])
  })

  for (const [body, field] of [
    [{ name: '' }, 'name'],
    [{ name: ' \t' }, 'name'],
    [{ name: 'x'.repeat(101) }, 'name'],
    [{ name: 'null\u0000byte' }, 'name'],
    [{ name: null }, 'name'],
    [{ phone: 'call me' }, 'phone'],
    [{ phone: '1'.repeat(40) }, 'phone'],
    [{ locale: 'de' }, 'locale'],
    [[], 'body'],
  ] as const) {
    it(`refuses ${JSON.stringify(body).slice(0, 40)}`, async () => {
      const someone = await member('Unchanged')

      const answer = await platform.request('PUT', `/api/users/${someone.id}`, { as: someone, body })

      assert.deepEqual([answer.status, answer.body.code], [422, 'validation_failed'])
      assert.deepEqual(Object.keys(answer.body.errors), [field])
      assert.equal((await platform.api(user, someone).getMe()).name, 'Unchanged')
    })
  }

  it('refuses an invalid id and invalid JSON', async () => {
    const someone = await member()

    const noId = await platform.request('PUT', '/api/users/42', { as: someone, body: { name: 'X' } })
    const noJson = await platform.request('PUT', `/api/users/${someone.id}`, {
      as: someone,
      body: '{"name":',
      headers: { 'content-type': 'application/json' },
    })

    assert.deepEqual([noId.status, noId.body.errors], [422, { userId: ['must be a UUID'] }])
    assert.deepEqual([noJson.status, noJson.body.code], [400, 'malformed_body'])
  })
})

describe('the status of a user', () => {
  it('is changed by an administrator and published with its version', async () => {
    const [someone, admin] = [await member(), await platform.user(['admin'])]
    const api = platform.api(user, admin)

    const suspended = await api.changeStatus({ userId: someone.id, status: 'suspended' })
    await api.changeStatus({ userId: someone.id, status: 'suspended' })
    const active = await api.changeStatus({ userId: someone.id, status: 'active' })

    assert.deepEqual([suspended.status, active.status], ['suspended', 'active'])
    assert.deepEqual(await eventsOf(userStatusChanged, someone), [
      { userId: someone.id, version: 2, status: 'suspended', previous: 'active' },
      { userId: someone.id, version: 3, status: 'active', previous: 'suspended' },
    ])
  })

  it('cannot be changed by users, except to withdraw themselves', async () => {
    const [someone, other] = [await member(), await member()]
    const change = (as: TestUser, status: string) =>
      platform.request('PATCH', `/api/users/${someone.id}/status`, { as, body: { status } })

    const suspended = await change(someone, 'suspended')
    const byOther = await change(other, 'withdrawn')
    const withdrawn = await change(someone, 'withdrawn')

    assert.deepEqual([suspended.status, suspended.body.code], [403, 'status_not_allowed'])
    assert.deepEqual([byOther.status, byOther.body.code], [403, 'status_not_allowed'])
    assert.deepEqual([withdrawn.status, withdrawn.body.status], [200, 'withdrawn'])
  })

  it('does not become withdrawn by a token from an old sign-in', async () => {
    const [someone, admin] = [await member(), await platform.user(['admin'])]
    const withdraw = (as: TestUser) =>
      platform.request('PATCH', `/api/users/${someone.id}/status`, { as, body: { status: 'withdrawn' } })
    mock.timers.enable({ apis: ['Date'], now: Date.now() + 6 * 60_000 })

    const answers = [await withdraw(someone), await withdraw(admin)]

    mock.timers.reset()
    assert.deepEqual(
      answers.map(({ status, body }) => [status, body.code]),
      [
        [403, 'sign_in_again'],
        [403, 'sign_in_again'],
      ],
    )
    assert.equal((await platform.api(user, someone).getMe()).status, 'active')
  })

  it('is final once withdrawn, and removes the public profile', async () => {
    const [someone, admin] = [await member(), await platform.user(['admin'])]
    await platform.api(user, someone).changeStatus({ userId: someone.id, status: 'withdrawn' })

    const back = await platform.request('PATCH', `/api/users/${someone.id}/status`, {
      as: admin,
      body: { status: 'active' },
    })
    const renamed = await platform.request('PUT', `/api/users/${someone.id}`, {
      as: someone,
      body: { name: 'Still here' },
    })
    const seen = await platform.request('GET', `/api/users/${someone.id}`)

    assert.deepEqual([back.status, back.body.code], [409, 'user_withdrawn'])
    assert.deepEqual([renamed.status, renamed.body.code], [409, 'user_withdrawn'])
    assert.deepEqual([seen.status, seen.body.code], [404, 'user_not_found'])
  })

  it('cannot be an unknown one or that of a user who does not exist', async () => {
    const admin = await platform.user(['admin'])

    const unknown = await platform.request('PATCH', `/api/users/${newId()}/status`, {
      as: admin,
      body: { status: 'active' },
    })
    const invalid = await platform.request('PATCH', `/api/users/${newId()}/status`, {
      as: admin,
      body: { status: 'asleep' },
    })
    const missing = await platform.request('PATCH', `/api/users/${newId()}/status`, { as: admin, body: {} })

    assert.deepEqual([unknown.status, unknown.body.code], [404, 'user_not_found'])
    assert.deepEqual(
      [invalid.status, invalid.body.errors],
      [422, { status: ['must be one of active, suspended, withdrawn'] }],
    )
    assert.deepEqual([missing.status, missing.body.errors], [422, { status: ['is missing'] }])
  })
})
