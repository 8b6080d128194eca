import type { Article } from '@doran/article/contract'
import { useQuery } from '@tanstack/react-query'
import { Link, useLocation } from '@tanstack/react-router'
import { useState } from 'react'
import { useFormat, useMessages } from '../../language/language.ts'
import { Failed, Skeleton, Waiting } from '../../ui/states.tsx'
import { commentsQuery } from './api/comments.ts'
import { useReader } from './api/me.ts'
import { CommentCard } from './comment-card.tsx'
import { CommentForm } from './comment-form.tsx'
import { backTo, REGISTER, SIGN_IN } from './edition.ts'
import { ErrorMessages } from './error-messages.tsx'
import { communityMessages } from './messages.ts'
import { useErrorLines } from './use-error-lines.ts'

export function Comments({ article: { slug } }: { article: Article }) {
  const t = useMessages(communityMessages)
  const { number } = useFormat()
  const { signedIn, me } = useReader()
  const linesOf = useErrorLines()
  const { data: comments, error, refetch } = useQuery(commentsQuery(slug))
  const [notDeleted, setNotDeleted] = useState<unknown>()
  return (
    <section aria-labelledby="comments" className="border-t border-line pt-8">
      <h2 id="comments" className="mb-5 text-xl font-bold">
        {t('comments')}
        {comments && comments.length > 0 && <span className="ml-2 text-muted">{number(comments.length)}</span>}
      </h2>
      {me ? <CommentForm slug={slug} me={me} /> : !signedIn && <GuestLinks />}
      <div className="mt-5 empty:hidden">
        <ErrorMessages lines={notDeleted ? linesOf(notDeleted) : []} />
      </div>
      {comments ? (
        comments.map((comment) => (
          <CommentCard key={comment.id} slug={slug} comment={comment} onNotDeleted={setNotDeleted} />
        ))
      ) : error ? (
        <Failed error={error} onRetry={refetch} />
      ) : (
        <Waiting>
          <Skeleton className="mt-5 h-32 w-full rounded-3xl" />
        </Waiting>
      )}
      {comments?.length === 0 && <p className="mt-6 text-muted">{t('noComments')}</p>}
    </section>
  )
}

function GuestLinks() {
  const t = useMessages(communityMessages)
  const href = useLocation({ select: (location) => location.href })
  const link = 'inline-block py-2 font-semibold text-brand underline underline-offset-4'
  return (
    <p className="rounded-3xl bg-sunken px-6 py-4">
      <Link to={SIGN_IN} search={backTo(href)} className={link}>
        {t('signIn')}
      </Link>{' '}
      {t('or')}{' '}
      <Link to={REGISTER} search={backTo(href)} className={link}>
        {t('signUp')}
      </Link>{' '}
      {t('toComment')}
    </p>
  )
}
