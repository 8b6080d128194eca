import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { sql } from '@doran/kernel'
import { user } from '@doran/user/contract'
import { type Community, startCommunity } from '../../article/test/community.ts'
import { memberFollowed, memberUnfollowed, profile } from '../contract.ts'
import { MAX_FOLLOWED } from '../follows.ts'

describe('a follow', () => {
  let community: Community
  before(async () => {
    community = await startCommunity()
  })
  after(() => community.close())

  const following = async (reader: { token: string }, username: string) =>
    (await community.api(profile, reader).getProfile({ username })).profile.following

  it('is published once with a growing version, however often it is requested', async () => {
    const [reader, author] = [await community.member(), await community.member()]
    const api = community.api(profile, reader)
    const { username } = author

    await Promise.all([1, 2, 3].map(() => api.followProfile({ username })))
    await Promise.all([1, 2, 3].map(() => api.unfollowProfile({ username })))
    await api.followProfile({ username })

    const of = (events: { followerId: string; followedId: string; version: number }[]) =>
      events.filter(({ followerId, followedId }) => followerId === reader.id && followedId === author.id)
    const followed = of(await community.events(memberFollowed))
    const unfollowed = of(await community.events(memberUnfollowed))
    assert.deepEqual([followed.length, unfollowed.length], [2, 1])
    const versions = [followed[0], unfollowed[0], followed[1]].map((event) => event?.version ?? 0)
    assert.deepEqual(
      versions,
      versions.toSorted((a, b) => a - b),
    )
    assert.equal(await following(reader, username), true)
  })

  it('ends both ways when a member withdraws', async () => {
    const [leaving, other] = [await community.member(), await community.member()]
    await community.api(profile, leaving).followProfile({ username: other.username })
    await community.api(profile, other).followProfile({ username: leaving.username })

    await community.api(user, leaving).changeStatus({ userId: leaving.id, status: 'withdrawn' })
    await community.settled()

    const { left } = await community.database('profile').one<{ left: number }>(sql`
      select count(*) as left from profile.follows where follower_id = ${leaving.id} or followed_id = ${leaving.id}`)
    assert.equal(left, 0)
  })

  it('is refused beyond the limit of a member, and keeps the earlier ones', async () => {
    const [reader, one, more] = [await community.member(), await community.member(), await community.member()]
    await community.api(profile, reader).followProfile({ username: one.username })
    await community.database('profile').run(sql`
      insert into profile.follows (follower_id, followed_id)
      select ${reader.id}, gen_random_uuid() from generate_series(2, ${MAX_FOLLOWED})`)

    await assert.rejects(community.api(profile, reader).followProfile({ username: more.username }), {
      code: 'too_many_follows',
      status: 409,
    })

    assert.equal(await following(reader, one.username), true)
    assert.equal(await following(reader, more.username), false)
    assert.equal(
      (await community.api(profile, reader).followProfile({ username: one.username })).profile.following,
      true,
    )
  })

  it('stays within the limit of a member when many are followed at once', async () => {
    const reader = await community.member()
    const wanted = await Promise.all(Array.from({ length: 8 }, () => community.member()))
    await community.database('profile').run(sql`
      insert into profile.follows (follower_id, followed_id)
      select ${reader.id}, gen_random_uuid() from generate_series(3, ${MAX_FOLLOWED})`)

    const answers = await Promise.allSettled(
      wanted.map(({ username }) => community.api(profile, reader).followProfile({ username })),
    )

    assert.equal(answers.filter(({ status }) => status === 'fulfilled').length, 2)
  })

  it('is loaded only once', async () => {
    const [reader, author] = [await community.member(), await community.member()]
    const follows = [{ followerId: reader.id, followedId: author.id }]

    await community.client(profile).loadFollows({ follows })
    await community.client(profile).loadFollows({ follows })

    assert.equal(await following(reader, author.username), true)
  })
})
