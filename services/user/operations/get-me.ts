import type { Handler } from '@doran/kernel'
import type { user } from '../contract.ts'
import { getProfile, presentProfile } from '../profiles.ts'

export const getMe: Handler<typeof user, 'getMe'> = async (_, ctx) => {
  return presentProfile(await getProfile(ctx.db, ctx.actor.id))
}
