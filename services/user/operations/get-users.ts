import type { Handler } from '@doran/kernel'
import type { user } from '../contract.ts'
import { listSummaries } from '../profiles.ts'

export const getUsers: Handler<typeof user, 'getUsers'> = async ({ userIds }, ctx) => {
  return listSummaries(ctx.db, userIds)
}
