import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { newId } from '@doran/kernel'
import { startPlatform, type TestPlatform, type TestUser } from '@doran/kernel/testing'
import { type Profile, user, userUpdated } from '../contract.ts'
import { memberNotFound, usernameTaken } from '../errors.ts'
import service from '../index.ts'

let platform: TestPlatform
before(async () => {
  platform = await startPlatform({ services: [service] })
})
after(() => platform.close())

async function member(username?: string): Promise<TestUser & Profile> {
  const someone = await platform.user()
  const profile = await platform.client(user).createUser({
    userId: someone.id,
    email: `${someone.id}@example.com`,
    name: '김도란',
    ...(username && { username }),
  })
  return { ...someone, ...profile }
}

const byName = (username: string) => platform.client(user).getMemberByName({ username })

describe('a member of the community', () => {
  it('has the chosen name, or one that reveals nothing about them', async () => {
    const [named, unnamed] = [await member('Mina'), await member()]

    assert.equal(named.username, 'Mina')
    assert.match(unnamed.username, /^member-[0-9a-f]{16}$/)
    assert.deepEqual([named.bio, named.image], [null, null])
  })

  it('is found by name without regard to case and composition', async () => {
    const hana = await member('Häna 하나')

    assert.equal((await byName('hÄNA 하나')).userId, hana.id)
    assert.equal((await byName('Häna 하나'.normalize('NFD'))).userId, hana.id)
    await assert.rejects(byName('hana'), memberNotFound.is)
  })

  it('is up to date at once after a change, also under the old name', async () => {
    const before = await member('before-rename')
    await byName('before-rename')

    await platform.api(user, before).updateUser({ userId: before.id, username: 'after-rename', bio: 'I cook.' })

    const after = { userId: before.id, username: 'after-rename', bio: 'I cook.', image: null }
    assert.deepEqual(await byName('after-rename'), after)
    assert.deepEqual(await platform.client(user).getMembers({ userIds: [before.id] }), [after])
    await assert.rejects(byName('before-rename'), memberNotFound.is)
    const events = (await platform.events(userUpdated)).filter(({ userId }) => userId === before.id)
    assert.deepEqual(
      events.map(({ version, username, changed }) => [version, username, changed]),
      [[2, 'after-rename', ['username', 'bio']]],
    )
  })

  it('removes a bio or an image with null or an empty text', async () => {
    const { id: userId, ...someone } = await member()
    const change = (fields: { bio?: string | null; image?: string | null }) =>
      platform.api(user, someone).updateUser({ userId, ...fields })
    await change({ bio: 'Here', image: 'https://example.com/me.jpg' })

    assert.equal((await change({ bio: '' })).bio, null)
    assert.equal((await change({ image: null })).image, null)
  })

  it('leaves nothing of themselves behind after a withdrawal', async () => {
    const someone = await member('leaving')
    await platform
      .api(user, someone)
      .updateUser({ userId: someone.id, bio: 'Mine', image: 'https://example.com/me.jpg' })
    await byName('leaving')

    await platform.api(user, someone).changeStatus({ userId: someone.id, status: 'withdrawn' })

    const [left] = await platform.client(user).getMembers({ userIds: [someone.id] })
    assert.deepEqual([left?.userId, left?.bio, left?.image], [someone.id, null, null])
    assert.match(left?.username ?? '', /^withdrawn-[0-9a-f]{16}$/)
    await assert.rejects(byName('leaving'), memberNotFound.is)
    await assert.rejects(byName(left?.username ?? ''), memberNotFound.is)
  })

  it('is left out of a batch when nobody has the id', async () => {
    const someone = await member()

    const found = await platform.client(user).getMembers({ userIds: [someone.id, newId()] })

    assert.deepEqual(
      found.map(({ userId }) => userId),
      [someone.id],
    )
  })

  it('cannot take the name of somebody else in any case, not even in a race', async () => {
    await member('Taken')
    const second = await member()

    await assert.rejects(member('tAKEN'), usernameTaken.is)
    await assert.rejects(
      platform.api(user, second).updateUser({ userId: second.id, username: 'TAKEN' }),
      usernameTaken.is,
    )
    const racers = await Promise.allSettled([member('racer'), member('racer'), member('Racer')])
    assert.equal(racers.filter(({ status }) => status === 'fulfilled').length, 1)
  })

  it('is created once by simultaneous calls, none of which takes the name from another', async () => {
    for (let round = 0; round < 25; round++) {
      const userId = newId()
      const create = () =>
        platform
          .client(user)
          .createUser({ userId, email: `${userId}@example.com`, name: 'Kim', username: `at once ${round}` })

      const entered = await Promise.all([create(), create(), create(), create(), create(), create()])

      assert.deepEqual(new Set(entered.map(({ id }) => id)), new Set([userId]))
    }
  })

  it('can change the case of its own name', async () => {
    const someone = await member('camel')

    const renamed = await platform.api(user, someone).updateUser({ userId: someone.id, username: 'Camel' })

    assert.equal(renamed.username, 'Camel')
  })

  for (const [what, change, field] of [
    ['a blank name', { username: ' ' }, 'username'],
    ['a name of two lines', { username: 'a\nb' }, 'username'],
    ['a name of 61 characters', { username: 'x'.repeat(61) }, 'username'],
    ['a bio of 2,001 characters', { bio: 'x'.repeat(2_001) }, 'bio'],
  ] as const) {
    it(`cannot have ${what}`, async () => {
      const someone = await member()

      const { status, body } = await platform.request('PUT', `/api/users/${someone.id}`, { as: someone, body: change })

      assert.deepEqual([status, Object.keys(body.errors)], [422, [field]])
    })
  }
})
