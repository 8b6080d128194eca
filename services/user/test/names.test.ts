import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { newId, sql } from '@doran/kernel'
import { runJob, startPlatform, type TestPlatform } from '@doran/kernel/testing'
import { user } from '../contract.ts'
import { usernameReserved, usernameTaken } from '../errors.ts'
import service from '../index.ts'
import { skeleton } from '../names.ts'

describe('the name of a member', () => {
  let platform: TestPlatform
  before(async () => {
    platform = await startPlatform({ services: [service] })
  })
  after(() => platform.close())

  async function member(username: string) {
    const someone = await platform.user()
    const email = `${someone.id}@example.com`
    return platform.client(user).createUser({ userId: someone.id, email, name: 'Kim', username })
  }
  const rename = async (username: string) => {
    const someone = await platform.user()
    await platform.client(user).createUser({ userId: someone.id, email: 'a@example.com', name: 'Kim' })
    return platform.request('PUT', `/api/users/${someone.id}`, { as: someone, body: { username } })
  }

  for (const [what, other] of [
    ['other capitals', 'MARION cooper'],
    ['a Cyrillic а', 'mаrion cooper'],
    ['a Greek ο and other capitals', 'MARIοN COOPER'],
    ['wide letters', 'ｍａｒｉｏｎ cooper'],
    ['a variation selector', 'marion\ufe0f cooper'],
    ['a blank at its end', 'marion cooper '],
    ['two blanks and a wide one', 'marion \u3000cooper'],
  ] as const) {
    it(`cannot be that of another member with ${what}`, async () => {
      await member('marion cooper').catch(() => undefined)

      await assert.rejects(member(other), usernameTaken.is)
      assert.equal((await rename(other)).body.code, 'username_taken')
    })
  }

  for (const [what, other] of [
    ['a blank of no width', 'ma\u200brion'],
    ['a turn of direction', 'marion\u202e'],
    ['a line separator', 'mar\u2028ion'],
    ['nothing to see', '\u3164\u200b'],
    ['nothing to see but a braille blank', '\u2800\u2800'],
  ] as const) {
    it(`must not contain ${what}`, async () => {
      const { status, body } = await rename(other)

      assert.deepEqual([status, body.code, Object.keys(body.errors)], [422, 'validation_failed', ['username']])
    })
  }

  for (const reserved of [
    'admin',
    'Administrator',
    'аdmin',
    'DORAN',
    '관리자',
    '..',
    'member-0d70dfbf6b9f',
    'WITHDRAWN-1',
  ]) {
    it(`is refused when it is reserved: ${reserved}`, async () => {
      await assert.rejects(member(reserved), usernameReserved.is)
      assert.deepEqual(
        [(await rename(reserved)).status, (await rename(reserved)).body.code],
        [422, 'username_reserved'],
      )
    })
  }

  it('may be in any script if it looks different to a reader', async () => {
    for (const name of ['홍길동', '홍길순', 'Мария', 'Ελένη', 'user1', 'userl', 'straße 2', 'kim❤️']) await member(name)
  })

  it('is stored without surplus spaces', async () => {
    assert.equal((await member('  gildong   hong ')).username, 'gildong hong')
  })

  it('remains valid if it looked like another before names were compared', async () => {
    const [one, two] = [await member('older twin'), await member('another')]
    const db = platform.database('user')
    await db.run(sql`
      update "user".profiles set username_skeleton = null, username = case id when ${two.id} then 'older twιn' else username end
      where id = any(${[one.id, two.id]}::uuid[])`)
    await runJob(platform, 'user/job:compare-names')

    const { bio } = await platform.client(user).changeMember({ userId: two.id, bio: 'Still here' })

    assert.equal(bio, 'Still here')
    await assert.rejects(member('OLDER TWIN'), usernameTaken.is)
    await assert.rejects(
      platform.client(user).changeMember({ userId: two.id, username: 'Older twin' }),
      usernameTaken.is,
    )
  })

  it('remains valid if it has been reserved since', async () => {
    const someone = await member(newId())
    await platform
      .database('user')
      .run(sql`update "user".profiles set username = 'Admin', username_key = 'admin' where id = ${someone.id}`)

    const { username } = await platform.client(user).changeMember({ userId: someone.id, username: 'Admin', bio: 'x' })

    assert.equal(username, 'Admin')
  })
})

describe('the name of somebody who has withdrawn', () => {
  it('cannot be predicted, so nobody can take it first', async () => {
    const platform = await startPlatform({ services: [service] })
    try {
      const names = []
      for (let count = 0; count < 2; count++) {
        const someone = await platform.user()
        await platform.client(user).createUser({ userId: someone.id, email: 'a@example.com', name: 'Kim' })
        const { username } = await platform.api(user, someone).changeStatus({ userId: someone.id, status: 'withdrawn' })
        names.push(username)
        assert.ok(!username.includes(someone.id.slice(-12)))
      }

      assert.notEqual(names[0], names[1])
    } finally {
      await platform.close()
    }
  })
})

describe('a skeleton', () => {
  it('is its own skeleton', () => {
    for (const name of ['Straße', 'ΑΣ', 'ﬁsh', 'İstanbul', 'Ⅷ', 'mаrion'])
      assert.equal(skeleton(skeleton(name)), skeleton(name))
  })
})
