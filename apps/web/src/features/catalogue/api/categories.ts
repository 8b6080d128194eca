import { queryOptions } from '@tanstack/react-query'
import { api } from '../../../api/client.ts'

/** All categories as a tree; they rarely change. */
export const categoriesQuery = queryOptions({
  queryKey: ['categories'],
  queryFn: () => api.product.listCategories(),
  staleTime: 10 * 60_000,
})
