import type { Handler } from '@doran/kernel'
import { cachedCategories } from '../categories.ts'
import type { product } from '../contract.ts'
import { categoryNotFound } from '../errors.ts'
import { findProducts, type ProductQuery } from '../product-list.ts'

export const listProducts: Handler<typeof product, 'listProducts'> = async (input, ctx) => {
  const { category, sort: by = 'newest', language = 'ko', cursor, limit, ...others } = input
  const sort = by === 'name' ? (`name-${language}` as const) : by
  const depth = category && (await cachedCategories(ctx)).pathOf.get(category)?.length
  if (category && !depth) throw categoryNotFound({ slug: category })
  const filter = { ...others, ...(category && depth && { category: { slug: category, depth } }) }
  const query = { filter, sort, cursor, limit }
  const key = cacheKey(query)
  return key ? ctx.cache.get(key, () => findProducts(ctx.db, query)) : findProducts(ctx.db, query)
}

/**
 * First pages that many people ask for are kept, under a shelf that every product on them stands on: a change
 * of a product forgets all pages of its shelves. Searches and prices vary too much to be worth the room.
 */
function cacheKey({ filter, sort, cursor, limit }: ProductQuery): string | undefined {
  const { category, brand, seller, minPrice, maxPrice, q } = filter
  if (cursor !== undefined || q !== undefined || minPrice !== undefined || maxPrice !== undefined) return undefined
  const shelf = seller ? `seller:${seller}` : brand ? `brand:${brand}` : category ? `category:${category.slug}` : 'all'
  return `list:${shelf}:${[brand, category?.slug, sort, limit].join(':')}`
}
