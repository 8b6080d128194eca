import type { Handler } from '@doran/kernel'
import { getOpenCart, priceCart, writeLine } from '../carts.ts'
import type { order } from '../contract.ts'
import { getOffer } from '../offers.ts'

export const addLine: Handler<typeof order, 'addLine'> = async ({ cartId, sku, quantity }, ctx) => {
  const [cart, { price }] = await Promise.all([getOpenCart(ctx.db, cartId, ctx.actor), getOffer(sku, ctx)])
  await writeLine(ctx.db, { cartId, sku, quantity, price, add: true })
  return priceCart(cart, ctx)
}
