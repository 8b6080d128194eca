import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { sql } from '@doran/kernel'
import { runJob } from '@doran/kernel/testing'
import { type AuthPlatform, type Member, startAuth } from './auth-platform.ts'

describe('the last active administrator', () => {
  let platform: AuthPlatform
  let one: Member
  beforeEach(async () => {
    platform = await startAuth()
    one = await platform.memberWith(['admin'])
  })
  afterEach(() => platform.close())

  const setStatus = (as: Member, of: Member, status: string) =>
    platform.request('PATCH', `/api/users/${of.userId}/status`, { as, body: { status } })
  const setRoles = (as: Member, userId: string, roles: string[]) =>
    platform.request('PUT', `/api/auth/users/${userId}/roles`, { as, body: { roles } })

  it('can neither withdraw nor be suspended', async () => {
    const answers = [await setStatus(one, one, 'withdrawn'), await setStatus(one, one, 'suspended')]

    assert.deepEqual(
      answers.map(({ status, body }) => [status, body.code]),
      [
        [409, 'last_administrator'],
        [409, 'last_administrator'],
      ],
    )
  })

  it('is the one left when the others are suspended', async () => {
    const two = await platform.memberWith(['admin'])
    assert.equal((await setStatus(one, two, 'suspended')).status, 200)

    assert.equal((await setStatus(one, one, 'withdrawn')).body.code, 'last_administrator')
    assert.equal((await setStatus(one, two, 'active')).status, 200)
    assert.equal((await setStatus(one, one, 'withdrawn')).status, 200)
  })

  it('keeps the role when two administrators take it from each other at once', async () => {
    const two = await platform.memberWith(['admin'])

    const [first, second] = await Promise.all([setRoles(one, two.userId, []), setRoles(two, one.userId, [])])

    assert.deepEqual([first.status, second.status].sort(), [200, 409])
    assert.equal([first, second].find(({ status }) => status === 409)?.body.code, 'last_administrator')
  })

  it('remains however two administrators remove each other at once', async () => {
    for (let round = 0; round < 5; round++) {
      const two = await platform.memberWith(['admin'])

      const answers = await Promise.all([
        setStatus(one, two, 'suspended'),
        setRoles(two, one.userId, []),
        setStatus(two, two, 'withdrawn'),
      ])

      const { count } = await platform.database('user').one<{ count: number }>(sql`
        select count(*)::integer as count from "user".administrators a join "user".profiles p on p.id = a.user_id
        where p.status = 'active'`)
      assert.ok(count >= 1, JSON.stringify(answers.map(({ body }) => body)))
      await platform.settled()
      if (answers[1]?.status === 200) return
    }
  })

  it('cannot drop their own role by writing their id in capitals', async () => {
    await platform.memberWith(['admin'])

    const { status, body } = await setRoles(one, one.userId.toUpperCase(), [])

    assert.deepEqual([status, body.code], [409, 'own_admin_role'])
  })

  it('is protected even if the user service was not told of the role', async () => {
    await platform.database('user').run(sql`delete from "user".administrators`)

    await runJob(platform, 'auth/job:tell-who-administrates')

    assert.equal((await setStatus(one, one, 'withdrawn')).body.code, 'last_administrator')
  })
})
