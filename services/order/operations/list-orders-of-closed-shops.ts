import { audited, type Handler } from '@doran/kernel'
import type { order } from '../contract.ts'
import { findOrdersOfClosedShops } from '../shops.ts'

export const listOrdersOfClosedShops: Handler<typeof order, 'listOrdersOfClosedShops'> = (input, ctx) => {
  audited(ctx, {})
  return findOrdersOfClosedShops(ctx.db, input)
}
