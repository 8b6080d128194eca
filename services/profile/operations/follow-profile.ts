import type { Handler } from '@doran/kernel'
import { user } from '@doran/user/contract'
import type { profile } from '../contract.ts'
import { follow } from '../follows.ts'
import { presentProfile } from '../profiles.ts'

export const followProfile: Handler<typeof profile, 'followProfile'> = async ({ username }, ctx) => {
  const member = await ctx.client(user).getMemberByName({ username })
  await ctx.db.transaction((tx) => follow(tx, { followerId: ctx.actor.id, followedId: member.userId }))
  return { profile: presentProfile(member, true) }
}
