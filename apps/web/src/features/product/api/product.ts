import type { Product } from '@doran/product/contract'
import { queryOptions } from '@tanstack/react-query'
import { api } from '../../../api/client.ts'
import { queryClient } from '../../../api/query-client.ts'
import { shelfQuery } from '../../catalogue/api/products.ts'

export function productQuery(productId: string) {
  return queryOptions({
    queryKey: ['product', productId],
    queryFn: () => api.product.getProduct({ productId }),
    staleTime: 60_000,
  })
}

const MAX_SKUS_PER_REQUEST = 100

/** How many of each variant can be bought. */
export function stockQuery({ id, variants }: Product) {
  const skus = variants.map(({ sku }) => sku)
  const parts = Array.from({ length: Math.ceil(skus.length / MAX_SKUS_PER_REQUEST) }, (_, part) =>
    skus.slice(part * MAX_SKUS_PER_REQUEST, (part + 1) * MAX_SKUS_PER_REQUEST),
  )
  return queryOptions({
    queryKey: ['stock', id, skus],
    queryFn: async () => (await Promise.all(parts.map((sku) => api.inventory.getAvailabilities({ sku })))).flat(),
    // The API does not reveal exact numbers where there is plenty.
    select: (stock) =>
      new Map(
        stock.map(({ sku, available, level }) => [sku, level === 'enough' ? Number.POSITIVE_INFINITY : available]),
      ),
    staleTime: 10_000,
  })
}

/** More products of the category; one more than shown, because the product itself may be among them. */
export function similarQuery(category: string) {
  return shelfQuery({ category, sort: 'popular' }, 5)
}

/** Starts fetching all data of a product's screen. The screen reports failures. */
export function openProduct(productId: string): void {
  queryClient
    .ensureQueryData(productQuery(productId))
    .then((product) => {
      queryClient.prefetchQuery(stockQuery(product))
      queryClient.prefetchQuery(similarQuery(product.category))
    })
    .catch(() => undefined)
}
