import type { Handler } from '@doran/kernel'
import type { profile } from '../contract.ts'
import { listFollowedBy } from '../follows.ts'

export const listFollowed: Handler<typeof profile, 'listFollowed'> = async (_, ctx) => {
  return ctx.actor ? listFollowedBy(ctx.db, ctx.actor.id) : []
}
