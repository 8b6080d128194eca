import type { Handler } from '@doran/kernel'
import { deleteLine, getOpenCart, priceCart } from '../carts.ts'
import type { order } from '../contract.ts'

export const removeLine: Handler<typeof order, 'removeLine'> = async ({ cartId, sku }, ctx) => {
  const cart = await getOpenCart(ctx.db, cartId, ctx.actor)
  await deleteLine(ctx.db, cartId, sku)
  return priceCart(cart, ctx)
}
