import type { Handler } from '@doran/kernel'
import { closeCart, lockOpenCart, moveLines, openCart, priceCart } from '../carts.ts'
import type { order } from '../contract.ts'

export const mergeCart: Handler<typeof order, 'mergeCart'> = async ({ cartId }, ctx) => {
  const { own, leftOut } = await ctx.db.transaction(async (tx) => {
    // Locks the member's cart: it cannot be ordered before it has received the guest's lines.
    const own = await openCart(tx, ctx.actor)
    if (own.id === cartId) return { own, leftOut: [] }
    const guest = await lockOpenCart(tx, cartId, ctx.actor)
    const leftOut = await moveLines(tx, guest.id, own.id)
    await closeCart(tx, guest.id, 'merged')
    return { own, leftOut }
  })
  const cart = await priceCart(own, ctx)
  return leftOut.length > 0 ? { ...cart, leftOut } : cart
}
