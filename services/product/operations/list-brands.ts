import { type Handler, sql } from '@doran/kernel'
import type { Brand, product } from '../contract.ts'

export const listBrands: Handler<typeof product, 'listBrands'> = (_input, ctx) =>
  ctx.cache.get('brands', () =>
    ctx.db.all<Brand>(sql`select slug, name from product.brands order by name->>'ko' collate "C", slug`),
  )
