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

const SKUS_AT_ONCE = 100

/** How many of each variant can be bought. */
export function stockQuery({ id, variants }: Product) {
  const skus = variants.map(({ sku }) => sku)
  const parts = Array.from({ length: Math.ceil(skus.length / SKUS_AT_ONCE) }, (_, part) =>
    skus.slice(part * SKUS_AT_ONCE, (part + 1) * SKUS_AT_ONCE),
  )
  return queryOptions({
    queryKey: ['stock', id, skus],
    queryFn: async () => (await Promise.all(parts.map((sku) => api.inventory.getAvailabilities({ sku })))).flat(),
    // Of what there is enough, nobody is told how much.
    select: (stock) =>
      new Map(
        stock.map(({ sku, available, level }) => [sku, level === 'enough' ? Number.POSITIVE_INFINITY : available]),
      ),
    staleTime: 10_000,
  })
}

/** More of the same category; one more than is shown, as the product itself is among them. */
export function similarQuery(category: string) {
  return shelfQuery({ category, sort: 'popular' }, 5)
}

/** Starts fetching all that a product's screen shows. What fails is told there. */
export function openProduct(productId: string): void {
  queryClient
    .ensureQueryData(productQuery(productId))
    .then((product) => {
      queryClient.prefetchQuery(stockQuery(product))
      queryClient.prefetchQuery(similarQuery(product.category))
    })
    .catch(() => undefined)
}
