import { type Handler, sql } from '@doran/kernel'
import { lockCategories, writeCategories } from '../categories.ts'
import type { product } from '../contract.ts'
import { categoryNotFound } from '../errors.ts'

export const updateCategory: Handler<typeof product, 'updateCategory'> = (input, ctx) =>
  ctx.db.transaction(async (tx) => {
    const { slug, name, parent, position } = input
    await lockCategories(tx)
    if (!(await tx.first(sql`select 1 from product.categories where slug = ${slug}`))) throw categoryNotFound({ slug })
    await writeCategories(tx, [{ slug, name, parent, position }])
    // Lists of brands and shops may be of one category too.
    await ctx.cache.invalidate(tx, ['categories', 'list:*'])
    return { slug, name, parent, position }
  })
