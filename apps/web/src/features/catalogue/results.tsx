import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useLoaderData } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { useMessages } from '../../language/language.ts'
import { Failed } from '../../ui/states.tsx'
import { type List, listQuery, type OpenedList } from './api/products.ts'
import { rememberPages } from './loaded-pages.ts'
import { catalogueMessages } from './messages.ts'
import { More } from './more.tsx'
import { NothingFound } from './nothing-found.tsx'
import { ProductGrid, ProductGridSkeleton } from './product-grid.tsx'

/** The products of a list, and more of them as one reads on. A changed list comes in place of the dimmed one before. */
export function Results({ list }: { list: List }) {
  const t = useMessages(catalogueMessages)
  const grid = useRef<HTMLUListElement>(null)
  const query = useInfiniteQuery({ ...listQuery(list), placeholderData: keepPreviousData })
  useRememberedPages(query.isPlaceholderData ? undefined : query.data?.pages.length)
  if (query.isPending) return <ProductGridSkeleton />
  if (!query.data) return <Failed error={query.error} onRetry={query.refetch} />
  const products = query.data.pages.flatMap(({ items }) => items)
  const next = async () => {
    await query.fetchNextPage()
    grid.current?.querySelectorAll('a')[products.length]?.focus()
  }
  return (
    <div aria-busy={query.isPlaceholderData} className="transition-opacity aria-busy:opacity-40">
      <p role="status" className="sr-only">
        {products.length > 0 ? t('shown', { count: products.length }) : t('nothing')}
      </p>
      {products.length === 0 ? <NothingFound /> : <ProductGrid ref={grid} products={products} />}
      <More query={query} onPress={next} />
    </div>
  )
}

function useRememberedPages(pages: number | undefined): void {
  // Not the current location, which is ahead of the list while the next one is being loaded.
  const place = useLoaderData({ strict: false, select: (data) => (data as OpenedList | undefined)?.place })
  useEffect(() => {
    if (pages !== undefined) rememberPages(place, pages)
  }, [place, pages])
}
