import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useMessages } from '../../language/language.ts'
import { Failed, Notice, Skeleton, Waiting } from '../../ui/states.tsx'
import { articlesQuery, type Listing } from './api/articles.ts'
import { ArticlePreview } from './article-preview.tsx'
import { communityMessages } from './messages.ts'
import { Pagination } from './pagination.tsx'

export interface ArticleListProps {
  listing: Listing
  page: number
  /** Shown if the list is empty. */
  empty: ReactNode
}

/** A page of articles. */
export function ArticleList({ listing, page, empty }: ArticleListProps) {
  const { data, error, refetch } = useQuery(articlesQuery(listing, page))
  if (!data && !error) return <ListWaiting />
  if (!data)
    return (
      <EmptyFeed>
        <Failed error={error} onRetry={refetch} />
      </EmptyFeed>
    )
  if (data.articlesCount === 0) return <EmptyFeed>{empty}</EmptyFeed>
  return (
    <>
      {data.articles.map((article) => (
        <ArticlePreview key={article.slug} article={article} />
      ))}
      {data.articles.length === 0 && (
        <EmptyFeed>
          <NothingHere />
        </EmptyFeed>
      )}
      <Pagination page={page} count={data.articlesCount} />
    </>
  )
}

function EmptyFeed({ children }: { children: ReactNode }) {
  return <div className="empty-feed-message">{children}</div>
}

/** The address names a page after the last one. */
function NothingHere() {
  const t = useMessages(communityMessages)
  return (
    <Notice
      picture="no-results"
      title={t('emptyPage')}
      actions={
        <Link
          to="."
          search={(search) => ({ ...search, page: undefined })}
          className="font-semibold text-brand underline underline-offset-4"
        >
          {t('firstPage')}
        </Link>
      }
    />
  )
}

/** Placeholders in the size of the first articles. */
export function ListWaiting() {
  return (
    <Waiting>
      {['a', 'b', 'c', 'd', 'e'].map((key) => (
        <div key={key} className="border-b border-line py-7 first:pt-3">
          <div className="flex items-center gap-3">
            <Skeleton className="size-11 rounded-full" />
            <Skeleton className="h-9 w-36" />
            <Skeleton className="ml-auto h-11 w-16 rounded-full" />
          </div>
          <Skeleton className="mt-3 h-8 w-4/5" />
          <Skeleton className="mt-2 h-13 w-full" />
          <Skeleton className="mt-3 h-8 w-48" />
        </div>
      ))}
    </Waiting>
  )
}
