import { queryOptions } from '@tanstack/react-query'
import { api } from '../../../api/client.ts'

/** Brands with something on sale in a category, or all brands. */
export function brandsQuery(category: string | undefined) {
  return queryOptions({
    queryKey: ['brands', category],
    queryFn: () => api.product.listBrands({ category }),
    staleTime: 10 * 60_000,
  })
}
