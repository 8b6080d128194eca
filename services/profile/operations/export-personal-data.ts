import type { Handler } from '@doran/kernel'
import type { profile } from '../contract.ts'
import { listFollowedBy } from '../follows.ts'

export const exportPersonalData: Handler<typeof profile, 'exportPersonalData'> = async ({ userId }, ctx) => {
  return { followed: await listFollowedBy(ctx.db, userId) }
}
