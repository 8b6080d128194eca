import { on } from '@doran/kernel'
import { variantsListed } from '@doran/product/contract'
import { enterSkus } from '../stock.ts'

/**
 * New SKUs become known with nothing on hand; an import brings thousands at once. Running it twice is harmless: known ones
 * stay as they are.
 */
export const onVariantsListed = on(
  variantsListed,
  (all, ctx) =>
    enterSkus(
      ctx.db,
      all.flatMap(({ sellerId, skus }) => skus.map((sku) => ({ sku, sellerId }))),
    ),
  { lane: 'bulk', batch: 500 },
)
