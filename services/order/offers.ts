import type { Context } from '@doran/kernel'
import { product } from '@doran/product/contract'
import { skuNotOnSale } from './errors.ts'

/** What the catalogue offers under a SKU; refused when it is not on sale. */
export async function getOffer(sku: string, ctx: Context) {
  const [offer] = await ctx.client(product).getOffers({ skus: [sku] })
  if (offer?.state !== 'on-sale') throw skuNotOnSale({ sku })
  return offer
}
