import { audited, type Handler } from '@doran/kernel'
import type { Product, product } from '../contract.ts'
import { productOutdated } from '../errors.ts'
import { publishProducts } from '../listings.ts'
import { getDetail, isChanged, lockOwnProduct, tidy } from '../products.ts'
import { assertSound } from '../rules.ts'

export const updateProduct: Handler<typeof product, 'updateProduct'> = (input, ctx) =>
  ctx.db.transaction(async (tx) => {
    const before = await lockOwnProduct(tx, input.productId, ctx.actor)
    if (input.version !== undefined && input.version !== before.version)
      throw productOutdated({ version: before.version })
    const content = tidy(input)
    assertSound(content)
    const write = { ...before, key: input.key?.trim() ?? before.key, content, before }
    if (!isChanged(write)) return getDetail(tx, before.id)
    audited(ctx, {
      target: { sellerId: before.sellerId },
      before: { key: before.key, ...before.content },
      after: { key: write.key, ...content },
    })
    const [updated] = await publishProducts(tx, ctx.cache, [write])
    return updated as Product
  })
