import type { Handler } from '@doran/kernel'
import type { order } from '../contract.ts'
import { exportOrdersOf } from '../personal-data.ts'

export const exportPersonalData: Handler<typeof order, 'exportPersonalData'> = async ({ userId }, ctx) => {
  return exportOrdersOf(ctx.db, userId)
}
