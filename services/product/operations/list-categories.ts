import type { Handler } from '@doran/kernel'
import { cachedCategories } from '../categories.ts'
import type { product } from '../contract.ts'

export const listCategories: Handler<typeof product, 'listCategories'> = async (_input, ctx) => {
  return (await cachedCategories(ctx)).tree
}
