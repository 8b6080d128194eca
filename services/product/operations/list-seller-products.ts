import type { Handler } from '@doran/kernel'
import type { product } from '../contract.ts'
import { findSellerProducts } from '../product-list.ts'
import { shopOf } from '../sellers.ts'

export const listSellerProducts: Handler<typeof product, 'listSellerProducts'> = (input, ctx) => {
  const { state, cursor, limit } = input
  return findSellerProducts(ctx.db, { sellerId: shopOf(input.sellerId, ctx.actor), state, cursor, limit })
}
