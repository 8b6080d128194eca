import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useLoaderData } from '@tanstack/react-router'
import { type RefObject, useEffect, useRef } from 'react'
import { useMessages } from '../../language/language.ts'
import { Failed } from '../../ui/states.tsx'
import { type List, listQuery, type OpenedList } from './api/products.ts'
import { rememberPages } from './loaded-pages.ts'
import { catalogueMessages } from './messages.ts'
import { More } from './more.tsx'
import { NothingFound } from './nothing-found.tsx'
import { ProductGrid, ProductGridSkeleton } from './product-grid.tsx'

/** The products of a list, with more on scrolling. While a changed list loads, the previous one stays, dimmed. */
export function Results({ list }: { list: List }) {
  const t = useMessages(catalogueMessages)
  const grid = useRef<HTMLUListElement>(null)
  const query = useInfiniteQuery({ ...listQuery(list), placeholderData: keepPreviousData })
  const products = query.data?.pages.flatMap(({ items }) => items) ?? []
  const moveOn = useFocusOnNew(grid, products.length)
  useRememberedPages(query.isPlaceholderData ? undefined : query.data?.pages.length)
  if (query.isPending) return <ProductGridSkeleton />
  if (!query.data) return <Failed error={query.error} onRetry={query.refetch} />
  return (
    <div aria-busy={query.isPlaceholderData} className="transition-opacity aria-busy:opacity-40">
      <p role="status" className="sr-only">
        {products.length > 0 ? t('shown', { count: products.length }) : t('nothing')}
      </p>
      {products.length === 0 ? <NothingFound /> : <ProductGrid ref={grid} products={products} />}
      <More query={query} onPress={moveOn} />
    </div>
  )
}

/** Returns a function to call before more is fetched; it moves the focus to the first new product. */
function useFocusOnNew(grid: RefObject<HTMLUListElement | null>, count: number): () => void {
  const next = useRef<number>(undefined)
  useEffect(() => {
    if (next.current === undefined || count <= next.current) return
    grid.current?.querySelectorAll('a')[next.current]?.focus()
    next.current = undefined
  }, [grid, count])
  return () => {
    next.current = count
  }
}

function useRememberedPages(pages: number | undefined): void {
  // Not the current location, which is ahead of the list while the next one loads.
  const place = useLoaderData({ strict: false, select: (data) => (data as OpenedList | undefined)?.place })
  useEffect(() => {
    if (pages !== undefined) rememberPages(place, pages)
  }, [place, pages])
}
