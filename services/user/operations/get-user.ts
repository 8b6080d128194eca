import type { Handler } from '@doran/kernel'
import type { user } from '../contract.ts'
import { getPublicProfile } from '../profiles.ts'

export const getUser: Handler<typeof user, 'getUser'> = async ({ userId }, ctx) => {
  return getPublicProfile(ctx.db, userId)
}
