import type { Handler } from '@doran/kernel'
import type { comment } from '../contract.ts'
import { exportCommentsOf } from '../personal-data.ts'

export const exportPersonalData: Handler<typeof comment, 'exportPersonalData'> = async ({ userId }, ctx) => {
  return exportCommentsOf(ctx.db, userId)
}
