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
 * Caches popular first pages under a scope to which all of their products belong: a change of a product invalidates all
 * pages of its scopes. Searches and price ranges vary too much to be worth caching.
 */
function cacheKey({ filter, sort, cursor, limit }: ProductQuery): string | undefined {
  const { category, brand, seller, minPrice, maxPrice, q } = filter
  if (cursor !== undefined || q !== undefined || minPrice !== undefined || maxPrice !== undefined) return undefined
  const scope = seller ? `seller:${seller}` : brand ? `brand:${brand}` : category ? `category:${category.slug}` : 'all'
  return `list:${scope}:${[brand, category?.slug, sort, limit].join(':')}`
}
