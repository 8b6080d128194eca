import type { Handler } from '@doran/kernel'
import { changeLine, openCart } from '../carts.ts'
import type { order } from '../contract.ts'

/** Runs in one transaction, so that a refused SKU leaves no empty cart behind. */
export const createDirectCart: Handler<typeof order, 'createDirectCart'> = async ({ sku, quantity }, ctx) => {
  return ctx.db.transaction(async (tx) => {
    const cart = await openCart(tx, undefined)
    return changeLine({ cartId: cart.id, sku, quantity, add: false }, { ...ctx, db: tx })
  })
}
