import type { Handler } from '@doran/kernel'
import { user } from '@doran/user/contract'
import type { profile } from '../contract.ts'
import { findFollowed } from '../follows.ts'

export const getProfiles: Handler<typeof profile, 'getProfiles'> = async ({ userIds }, ctx) => {
  const [members, followed] = await Promise.all([
    ctx.client(user).getMembers({ userIds }),
    ctx.actor && findFollowed(ctx.db, ctx.actor.id, userIds),
  ])
  return members.map((member) => ({ ...member, following: followed?.has(member.userId) ?? false }))
}
