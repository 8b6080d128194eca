/** The product list of each kind of screen, so that loaders fetch what screens show. */
import type { List } from './api/products.ts'
import type { Filters } from './filters.ts'

export function categoryList(category: string, filters: Filters): List {
  return { ...sorted(filters), category }
}

export function searchList(filters: Filters): List {
  return sorted(filters)
}

/** A shop's list offers no brands and categories: most shops have one. */
export function sellerList(seller: string, { brand: _, category: __, ...filters }: Filters): List {
  return { ...sorted(filters), seller }
}

function sorted(filters: Filters): List {
  return { ...filters, sort: filters.sort ?? 'popular' }
}
