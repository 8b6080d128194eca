import { on } from '@doran/kernel'
import { variantsListed } from '@doran/product/contract'
import { enterSkus } from '../stock.ts'

/** New SKUs become known with nothing on hand. Running it twice is harmless: known ones stay as they are. */
export const onVariantsListed = on(variantsListed, ({ sellerId, skus }, ctx) =>
  enterSkus(
    ctx.db,
    skus.map((sku) => ({ sku, sellerId })),
  ),
)
