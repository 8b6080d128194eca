import type { Handler } from '@doran/kernel'
import type { order } from '../contract.ts'
import { listOpenOrdersOf } from '../personal-data.ts'

export const listOpenBusiness: Handler<typeof order, 'listOpenBusiness'> = async ({ userId }, ctx) => {
  return listOpenOrdersOf(ctx.db, userId)
}
