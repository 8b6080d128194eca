import { type Handler, type Queryable, sql } from '@doran/kernel'
import type { Product, product } from '../contract.ts'
import { productNotFound } from '../errors.ts'

export const getProduct: Handler<typeof product, 'getProduct'> = async ({ productId }, ctx) => {
  const found = await ctx.cache.get(`product:${productId.toLowerCase()}`, () => findProduct(ctx.db, productId))
  if (!found) throw productNotFound()
  const own = found.seller.id === ctx.actor?.id || ctx.actor?.roles.includes('admin')
  if (found.state !== 'on-sale' && !own) throw productNotFound()
  return found
}

async function findProduct(db: Queryable, id: string): Promise<Product | undefined> {
  const row = await db.first<{ detail: Product }>(sql`
    select detail from product.details where product_id = ${id}`)
  return row?.detail
}
