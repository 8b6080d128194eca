import type { Handler } from '@doran/kernel'
import { user } from '@doran/user/contract'
import type { profile } from '../contract.ts'
import { findFollowed } from '../follows.ts'
import { presentProfile } from '../profiles.ts'

export const getProfile: Handler<typeof profile, 'getProfile'> = async ({ username }, ctx) => {
  const member = await ctx.client(user).getMemberByName({ username })
  const followed = ctx.actor && (await findFollowed(ctx.db, ctx.actor.id, [member.userId]))
  return { profile: presentProfile(member, followed?.has(member.userId) ?? false) }
}
