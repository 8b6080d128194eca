import type { Handler } from '@doran/kernel'
import { openCart, priceCart } from '../carts.ts'
import type { order } from '../contract.ts'

export const createCart: Handler<typeof order, 'createCart'> = async (_input, ctx) => {
  const cart = await openCart(ctx.db, ctx.actor)
  return priceCart(cart, ctx, cart.isNew ? [] : undefined)
}
