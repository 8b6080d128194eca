import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api } from '../../../api/client.ts'
import { queryClient } from '../../../api/query-client.ts'
import { currentLanguage } from '../../../language/language.ts'
import { loadedPages } from '../loaded-pages.ts'

type Input = NonNullable<Parameters<typeof api.product.listProducts>[0]>

/** Filters and order of a product list. */
export type List = Omit<Input, 'cursor' | 'limit'>

const PAGE_SIZE = 24

/** A paged list of products. Names are sorted for the current language. */
export function listQuery(wanted: List) {
  const list = wanted.sort === 'name' ? { ...wanted, language: currentLanguage() } : wanted
  return infiniteQueryOptions({
    queryKey: ['products', 'list', list],
    queryFn: ({ pageParam }) => api.product.listProducts({ ...list, limit: PAGE_SIZE, cursor: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    staleTime: 60_000,
    // As long as the router keeps its loaded data, so that going back finds the whole list.
    gcTime: 30 * 60_000,
  })
}

/** The list's place in the browser's history: the router's key of the entry. */
export interface OpenedList {
  place: string | undefined
}

/**
 * Starts fetching a list. If the browser returns to a list that is no longer cached, waits for all pages that were
 * open: only then can the router restore the scroll position.
 */
export async function openList(list: List, place: string | undefined): Promise<OpenedList> {
  const query = listQuery(list)
  const pages = queryClient.getQueryData(query.queryKey) ? undefined : loadedPages(place)
  const opened = queryClient.prefetchInfiniteQuery(pages === undefined ? query : { ...query, pages })
  if (pages !== undefined) await opened
  return { place }
}

/** A few products in a row. */
export function shelfQuery(list: List, limit: number) {
  return queryOptions({
    queryKey: ['products', 'shelf', list, limit],
    queryFn: () => api.product.listProducts({ ...list, limit }),
    select: ({ items }) => items,
    staleTime: 60_000,
  })
}
