import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api } from '../../../api/client.ts'
import { queryClient } from '../../../api/query-client.ts'
import { currentLanguage } from '../../../language/language.ts'
import { loadedPages } from '../loaded-pages.ts'

type Input = NonNullable<Parameters<typeof api.product.listProducts>[0]>

/** Which products, in which order. */
export type List = Omit<Input, 'cursor' | 'limit'>

const PAGE = 24

/** A list of products that goes on page after page. Names stand in the order of the language that is shown. */
export function listQuery(wanted: List) {
  const list = wanted.sort === 'name' ? { ...wanted, language: currentLanguage() } : wanted
  return infiniteQueryOptions({
    queryKey: ['products', 'list', list],
    queryFn: ({ pageParam }) => api.product.listProducts({ ...list, limit: PAGE, cursor: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    staleTime: 60_000,
    // As long as the router keeps what it has loaded, so that going back finds the whole list.
    gcTime: 30 * 60_000,
  })
}

/** Where in the browser's history a list is shown: the router's key of the entry. */
export interface OpenedList {
  place: string | undefined
}

/**
 * Starts fetching a list. Where the browser comes back to a list that is no longer there, it waits for all pages that
 * were open, because only then the router can scroll to where the user was.
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
