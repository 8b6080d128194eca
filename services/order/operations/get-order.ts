import type { Handler } from '@doran/kernel'
import type { order } from '../contract.ts'
import { getOrderView } from '../orders.ts'

export const getOrder: Handler<typeof order, 'getOrder'> = ({ orderId }, ctx) =>
  getOrderView(ctx.db, orderId, ctx.actor)
