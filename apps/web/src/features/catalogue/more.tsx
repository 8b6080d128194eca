import type { UseInfiniteQueryResult } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { useExplain } from '../../api/use-explain.ts'
import { useMessages } from '../../language/language.ts'
import { Button } from '../../ui/button.tsx'
import { uiMessages } from '../../ui/messages.ts'
import { Banner } from '../../ui/states.tsx'
import { catalogueMessages } from './messages.ts'

export interface MoreProps {
  query: Pick<
    UseInfiniteQueryResult,
    'hasNextPage' | 'isFetching' | 'isFetchingNextPage' | 'isFetchNextPageError' | 'fetchNextPage' | 'error'
  >
  /** Called when the button is pressed, before the next page is fetched. */
  onPress: () => void
}

/** Fetches the next page shortly before the reader gets here; the button is for keyboards and after failures. */
export function More({ query, onPress }: MoreProps) {
  const t = useMessages(catalogueMessages)
  const ui = useMessages(uiMessages)
  const explain = useExplain()
  const press = () => {
    onPress()
    query.fetchNextPage()
  }
  const { hasNextPage, isFetching, isFetchingNextPage, isFetchNextPageError, fetchNextPage, error } = query
  const end = useRef<HTMLDivElement>(null)
  const automatic = hasNextPage && !isFetching && !isFetchNextPageError
  useEffect(() => {
    if (!automatic || !end.current) return
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && fetchNextPage(), {
      rootMargin: '800px',
    })
    observer.observe(end.current)
    return () => observer.disconnect()
  }, [automatic, fetchNextPage])
  if (!hasNextPage) return null
  return (
    <div ref={end} className="mt-12 flex flex-col items-center gap-4">
      {isFetchNextPageError && (
        <Banner tone="failure" role="alert">
          <strong>{explain(error).title}</strong> {explain(error).text}
        </Banner>
      )}
      <Button look="secondary" size="large" busy={isFetchingNextPage} onClick={press}>
        {isFetchNextPageError ? ui('retry') : t('more')}
      </Button>
    </div>
  )
}
