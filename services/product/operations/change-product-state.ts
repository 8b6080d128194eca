import { audited, type Handler } from '@doran/kernel'
import type { Product, product } from '../contract.ts'
import { publishProducts } from '../listings.ts'
import { getDetail, lockOwnProduct } from '../products.ts'

export const changeProductState: Handler<typeof product, 'changeProductState'> = ({ productId, state }, ctx) =>
  ctx.db.transaction(async (tx) => {
    const before = await lockOwnProduct(tx, productId, ctx.actor)
    if (before.state === state) return getDetail(tx, before.id)
    audited(ctx, { target: { sellerId: before.sellerId }, before: { state: before.state }, after: { state } })
    const [changed] = await publishProducts(tx, ctx.cache, [{ ...before, state, before }])
    return changed as Product
  })
