import type { Handler } from '@doran/kernel'
import type { user } from '../contract.ts'
import { cachedMembersByName } from '../members.ts'

export const findMembers: Handler<typeof user, 'findMembers'> = async ({ usernames }, ctx) => {
  return cachedMembersByName(ctx, usernames)
}
