import type { Handler } from '@doran/kernel'
import { getOpenCart, priceCart, writeLine } from '../carts.ts'
import type { order } from '../contract.ts'
import { getOffer } from '../offers.ts'

export const setLine: Handler<typeof order, 'setLine'> = async ({ cartId, sku, quantity }, ctx) => {
  const [cart, { price }] = await Promise.all([getOpenCart(ctx.db, cartId, ctx.actor), getOffer(sku, ctx)])
  await writeLine(ctx.db, { cartId, sku, quantity, price, add: false })
  return priceCart(cart, ctx)
}
