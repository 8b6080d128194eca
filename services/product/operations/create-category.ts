import { audited, type Handler, sql } from '@doran/kernel'
import { lockCategories, writeCategories } from '../categories.ts'
import type { product } from '../contract.ts'
import { categoryExists } from '../errors.ts'

export const createCategory: Handler<typeof product, 'createCategory'> = (input, ctx) =>
  ctx.db.transaction(async (tx) => {
    const { slug, name, parent = null, position = 0 } = input
    await lockCategories(tx)
    if (await tx.first(sql`select 1 from product.categories where slug = ${slug}`)) throw categoryExists({ slug })
    await writeCategories(tx, [{ slug, name, parent, position }])
    audited(ctx, { target: { slug }, after: { name, parent, position } })
    await ctx.cache.invalidate(tx, ['categories'])
    return { slug, name, parent, position }
  })
