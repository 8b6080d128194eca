/** Lists in pages: the page in the address, and the pages to offer. */

export const PAGE_SIZE = 10

export interface ListSearch {
  /** From 2 on; the first page has no number. */
  page?: number
}

export interface FeedSearch extends ListSearch {
  feed?: 'following'
}

export function readListSearch({ page }: Record<string, unknown>): ListSearch {
  const number = Number(page)
  return Number.isSafeInteger(number) && number > 1 ? { page: number } : {}
}

export function readFeedSearch(search: Record<string, unknown>): FeedSearch {
  return { ...(search.feed === 'following' && { feed: 'following' }), ...readListSearch(search) }
}

/** The first and the last page, and those around the current one; `null` is a gap. */
export function offeredPages(current: number, count: number): (number | null)[] {
  const near = [current - 1, current, current + 1].filter((page) => page > 1 && page < count)
  const pages = [1, ...near, count]
  return pages.flatMap((page, at) => {
    const before = pages[at - 1] ?? page
    return page - before === 2 ? [page - 1, page] : page - before > 2 ? [null, page] : [page]
  })
}
