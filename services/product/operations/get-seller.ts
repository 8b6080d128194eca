import type { Handler } from '@doran/kernel'
import type { product } from '../contract.ts'
import { sellerNotFound } from '../errors.ts'
import { findSeller } from '../sellers.ts'

export const getSeller: Handler<typeof product, 'getSeller'> = async ({ sellerId }, ctx) => {
  const seller = await ctx.cache.get(`seller:${sellerId}`, () => findSeller(ctx.db, sellerId))
  if (!seller) throw sellerNotFound()
  return seller
}
