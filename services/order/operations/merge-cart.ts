import type { Handler } from '@doran/kernel'
import { closeCart, lockOpenCart, moveLines, openCart, priceCart } from '../carts.ts'
import type { order } from '../contract.ts'

export const mergeCart: Handler<typeof order, 'mergeCart'> = async ({ cartId }, ctx) => {
  const own = await openCart(ctx.db, ctx.actor)
  if (own.id === cartId) return priceCart(own, ctx)

  await ctx.db.transaction(async (tx) => {
    const guest = await lockOpenCart(tx, cartId, ctx.actor)
    await moveLines(tx, guest.id, own.id)
    await closeCart(tx, guest.id, 'merged')
  })
  return priceCart(own, ctx)
}
