import type { Handler } from '@doran/kernel'
import type { user } from '../contract.ts'
import { cachedMemberByName } from '../members.ts'

export const getMemberByName: Handler<typeof user, 'getMemberByName'> = async ({ username }, ctx) => {
  return cachedMemberByName(ctx, username)
}
