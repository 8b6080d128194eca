import type { Handler } from '@doran/kernel'
import { getOpenCart, priceCart } from '../carts.ts'
import type { order } from '../contract.ts'

export const getCart: Handler<typeof order, 'getCart'> = async ({ cartId }, ctx) => {
  const cart = await getOpenCart(ctx.db, cartId, ctx.actor)
  return priceCart(cart, ctx, cart.lines)
}
