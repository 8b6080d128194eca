/** The home screen's data; all requests start at once. */
import { queryOptions } from '@tanstack/react-query'
import { api } from '../../../api/client.ts'
import { queryClient } from '../../../api/query-client.ts'
import { categoriesQuery } from '../../catalogue/api/categories.ts'
import { shelfQuery } from '../../catalogue/api/products.ts'

export const SHELF_SIZE = 8

export const popularQuery = shelfQuery({ sort: 'popular' }, SHELF_SIZE)
export const newestQuery = shelfQuery({ sort: 'newest' }, SHELF_SIZE)

export const latestArticlesQuery = queryOptions({
  queryKey: ['articles', 'latest'],
  queryFn: () => api.article.listArticles({ limit: 3 }),
  select: ({ articles }) => articles,
  staleTime: 60_000,
})

export function openHome(): void {
  queryClient.prefetchQuery(categoriesQuery)
  queryClient.prefetchQuery(popularQuery)
  queryClient.prefetchQuery(newestQuery)
  queryClient.prefetchQuery(latestArticlesQuery)
}
