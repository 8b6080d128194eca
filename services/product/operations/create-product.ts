import { audited, type Handler, newId } from '@doran/kernel'
import type { Product, product } from '../contract.ts'
import { publishProducts } from '../listings.ts'
import { keyOf, tidy } from '../products.ts'
import { assertSound } from '../rules.ts'
import { shopOf } from '../sellers.ts'

export const createProduct: Handler<typeof product, 'createProduct'> = async (input, ctx) => {
  const sellerId = shopOf(input.sellerId, ctx.actor)
  const content = tidy(input)
  assertSound(content)
  const key = keyOf(content, input.key)
  const write = { id: newId(), sellerId, key, state: input.state ?? 'draft', content, before: undefined }
  audited(ctx, { target: { productId: write.id, sellerId }, after: { key, state: write.state } })
  const [created] = await ctx.db.transaction((tx) => publishProducts(tx, ctx.cache, [write]))
  return created as Product
}
