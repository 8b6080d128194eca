import { type Handler, type Queryable, sql } from '@doran/kernel'
import type { Product, product } from '../contract.ts'
import { productNotFound } from '../errors.ts'

export const getProduct: Handler<typeof product, 'getProduct'> = async ({ productId }, ctx) => {
  const found = await ctx.cache.get(`product:${productId}`, () => findProduct(ctx.db, productId))
  if (!found) throw productNotFound()
  const { detail, isShown } = found
  const own = detail.seller.id === ctx.actor?.id || ctx.actor?.roles.includes('admin')
  if (!isShown && !own) throw productNotFound()
  return detail
}

function findProduct(db: Queryable, id: string): Promise<{ detail: Product; isShown: boolean } | undefined> {
  return db.first(sql`
    select d.detail, l.state = 'on-sale' as "isShown"
    from product.details d join product.listings l on l.product_id = d.product_id
    where d.product_id = ${id}`)
}
