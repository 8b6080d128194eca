import type { Handler } from '@doran/kernel'
import type { product } from '../contract.ts'
import { refresh } from '../listings.ts'
import { findProductsOf, writeSellers } from '../sellers.ts'

export const upsertSeller: Handler<typeof product, 'upsertSeller'> = (input, ctx) =>
  ctx.db.transaction(async (tx) => {
    const { id, slug, name, about = { ko: '', en: '' } } = input
    const changed = await writeSellers(tx, [{ id, slug, name, about }])
    await ctx.cache.invalidate(
      tx,
      changed.map((seller) => `seller:${seller}`),
    )
    await refresh(tx, ctx.cache, await findProductsOf(tx, changed, []))
    return { id, slug, name, about }
  })
