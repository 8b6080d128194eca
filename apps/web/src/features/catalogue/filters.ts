/** The filters and order of product lists, as the address holds them. */
export const SORTS = ['popular', 'newest', 'price-asc', 'price-desc', 'name'] as const
export type Sort = (typeof SORTS)[number]

export interface Filters {
  q?: string
  /** Only for a search: the address of a category's page already names it. */
  category?: string
  brand?: string
  minPrice?: number
  maxPrice?: number
  sort?: Sort
}

const SLUG = /^[a-z0-9]+(-[a-z0-9]+)*$/
const HIGHEST_PRICE = 1_000_000_000

/** Reads filters from an address. Drops invalid ones, so that an old or damaged link still shows something. */
export function readFilters(search: Record<string, unknown>): Filters {
  const [minPrice, maxPrice] = inOrder(readPrice(search.minPrice), readPrice(search.maxPrice))
  return tidy({
    q: readText(search.q)?.slice(0, 100),
    category: readSlug(search.category),
    brand: readSlug(search.brand),
    minPrice,
    maxPrice,
    sort: SORTS.find((sort) => sort === search.sort),
  })
}

/** Drops unset filters, so that they do not appear in the address. */
export function tidy(filters: { [K in keyof Filters]?: Filters[K] | undefined }): Filters {
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined && value !== ''))
}

/** The router reads `?q=2026` as a number. */
function readText(value: unknown): string | undefined {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  // The API accepts one line of printable text.
  return text.replace(/[\p{Cc}\p{Cs}]+/gu, ' ').trim() || undefined
}

function readSlug(value: unknown): string | undefined {
  const slug = readText(value)
  return slug && slug.length <= 64 && SLUG.test(slug) ? slug : undefined
}

/** Whole won. */
export function readPrice(value: unknown): number | undefined {
  const price = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  return Number.isInteger(price) && Number(price) >= 0 && Number(price) <= HIGHEST_PRICE ? Number(price) : undefined
}

/** Swaps the limits if the user enters the higher price first. */
export function inOrder(min: number | undefined, max: number | undefined): [number | undefined, number | undefined] {
  return min !== undefined && max !== undefined && min > max ? [max, min] : [min, max]
}

export interface PriceRange {
  minPrice?: number
  maxPrice?: number
}

export const PRICE_RANGES: readonly PriceRange[] = [
  { maxPrice: 10_000 },
  { minPrice: 10_000, maxPrice: 30_000 },
  { minPrice: 30_000, maxPrice: 50_000 },
  { minPrice: 50_000, maxPrice: 100_000 },
  { minPrice: 100_000 },
]

/** How many kinds of filters are active. */
export function countActive({ brand, minPrice, maxPrice }: Filters): number {
  return Number(brand !== undefined) + Number(minPrice !== undefined || maxPrice !== undefined)
}
