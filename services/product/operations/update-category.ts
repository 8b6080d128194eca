import { audited, type Handler, sql } from '@doran/kernel'
import { lockCategories, writeCategories } from '../categories.ts'
import type { Category, product } from '../contract.ts'
import { categoryNotFound } from '../errors.ts'

export const updateCategory: Handler<typeof product, 'updateCategory'> = (input, ctx) =>
  ctx.db.transaction(async (tx) => {
    const { slug, name, parent, position } = input
    await lockCategories(tx)
    const before = await tx.first<Omit<Category, 'slug'>>(sql`
      select name, parent, position from product.categories where slug = ${slug}`)
    if (!before) throw categoryNotFound({ slug })
    audited(ctx, { before, after: { name, parent, position } })
    await writeCategories(tx, [{ slug, name, parent, position }])
    // Lists of brands and shops may be filtered by category, too.
    await ctx.cache.invalidate(tx, ['categories', 'list:*'])
    return { slug, name, parent, position }
  })
