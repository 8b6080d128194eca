import type { Handler } from '@doran/kernel'
import type { article } from '../contract.ts'
import { exportArticlesOf } from '../personal-data.ts'

export const exportPersonalData: Handler<typeof article, 'exportPersonalData'> = async ({ userId }, ctx) => {
  return exportArticlesOf(ctx.db, userId)
}
