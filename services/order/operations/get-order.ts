import { audited, type Handler } from '@doran/kernel'
import type { order } from '../contract.ts'
import { getOrderView } from '../orders.ts'

export const getOrder: Handler<typeof order, 'getOrder'> = async ({ orderId }, ctx) => {
  const found = await getOrderView(ctx.db, orderId, ctx.actor)
  if (found.buyerId !== ctx.actor.id) audited(ctx, { target: { buyerId: found.buyerId } })
  return found
}
