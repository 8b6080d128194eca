import type { Handler } from '@doran/kernel'
import type { user } from '../contract.ts'
import { cachedMembers } from '../members.ts'

export const getMembers: Handler<typeof user, 'getMembers'> = async ({ userIds }, ctx) => {
  return cachedMembers(ctx, userIds)
}
