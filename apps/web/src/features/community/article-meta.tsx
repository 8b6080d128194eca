import type { ArticleSummary } from '@doran/article/contract'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useFormat } from '../../language/language.ts'
import { at } from './edition.ts'
import { MemberPicture } from './member-picture.tsx'

export interface ArticleMetaProps {
  article: ArticleSummary
  /** Beside the date. */
  more?: ReactNode
  /** Buttons at the end. */
  children?: ReactNode
}

/** An article's author and date. */
export function ArticleMeta({ article: { author, createdAt }, more, children }: ArticleMetaProps) {
  const { date } = useFormat()
  const profile = { to: at('/profile/$username'), params: { username: author.username } }
  return (
    <div className="article-meta flex flex-wrap items-center gap-x-3 gap-y-3">
      <Link {...profile} tabIndex={-1} aria-hidden className="shrink-0 rounded-full">
        <MemberPicture src={author.image} size={44} />
      </Link>
      <div className="info mr-auto min-w-0 leading-snug">
        <Link {...profile} className="author inline-block py-0.5 font-semibold hover:text-brand">
          {author.username}
        </Link>
        <div className="text-sm text-muted">
          <time dateTime={createdAt} className="date">
            {date(createdAt)}
          </time>
          {more}
        </div>
      </div>
      {children}
    </div>
  )
}
