import { audited, type Handler, sql } from '@doran/kernel'
import type { product } from '../contract.ts'
import { brandExists } from '../errors.ts'

export const createBrand: Handler<typeof product, 'createBrand'> = ({ slug, name }, ctx) =>
  ctx.db.transaction(async (tx) => {
    const created = await tx.run(sql`
      insert into product.brands (slug, name) values (${slug}, ${sql.json(name)}) on conflict do nothing`)
    if (created === 0) throw brandExists({ slug })
    audited(ctx, { target: { slug }, after: { name } })
    await ctx.cache.invalidate(tx, ['brands:*'])
    return { slug, name }
  })
