import type { Handler } from '@doran/kernel'
import type { product } from '../contract.ts'
import { findSkuOwners } from '../products.ts'

export const getSkuOwners: Handler<typeof product, 'getSkuOwners'> = async ({ skus }, ctx) => {
  const owners = await findSkuOwners(ctx.db, skus)
  return owners.map(({ sku, sellerId }) => ({ sku, sellerId }))
}
