import type { Handler } from '@doran/kernel'
import { user } from '@doran/user/contract'
import type { profile } from '../contract.ts'
import { unfollow } from '../follows.ts'
import { presentProfile } from '../profiles.ts'

export const unfollowProfile: Handler<typeof profile, 'unfollowProfile'> = async ({ username }, ctx) => {
  const member = await ctx.client(user).getMemberByName({ username })
  await ctx.db.transaction((tx) => unfollow(tx, { followerId: ctx.actor.id, followedId: member.userId }))
  return { profile: presentProfile(member, false) }
}
