import type { Comment } from '@doran/comment/contract'
import { Link } from '@tanstack/react-router'
import { useFormat, useMessages } from '../../language/language.ts'
import { Trash2 } from '../../ui/icons.ts'
import { isUnderWay, useDeleteComment } from './api/comments.ts'
import { useReader } from './api/me.ts'
import { at } from './edition.ts'
import { HiddenNotice } from './hidden-notice.tsx'
import { MemberPicture } from './member-picture.tsx'
import { communityMessages } from './messages.ts'
import { ReportButton } from './report-button.tsx'

export interface CommentCardProps {
  slug: string
  comment: Comment
  onNotDeleted: (error: unknown) => void
}

export function CommentCard({ slug, comment, onNotDeleted }: CommentCardProps) {
  const t = useMessages(communityMessages)
  const { dateTime } = useFormat()
  const { me } = useReader()
  const { author, body, createdAt, hidden } = comment
  const underWay = isUnderWay(comment)
  const own = me?.username === author.username
  const profile = { to: at('/profile/$username'), params: { username: author.username } }
  return (
    <div aria-busy={underWay} className="card mt-5 rounded-3xl bg-surface shadow-card aria-busy:opacity-60">
      <div className="card-block px-5 pt-5">
        {hidden && <HiddenNotice hidden={hidden} what={t('hiddenComment')} />}
        <p className="card-text leading-relaxed whitespace-pre-line">{body}</p>
      </div>
      <div className="card-footer flex min-h-15 flex-wrap items-center gap-x-3 px-5 py-2">
        <Link {...profile} tabIndex={-1} aria-hidden className="rounded-full">
          <MemberPicture src={author.image} size={32} className="comment-author-img" />
        </Link>
        <Link {...profile} className="comment-author py-2 text-sm font-semibold hover:text-brand">
          {author.username}
        </Link>
        <time dateTime={createdAt} className="date-posted mr-auto text-sm text-muted">
          {dateTime(createdAt)}
        </time>
        {own && !underWay && <DeleteComment slug={slug} comment={comment} onNotDeleted={onNotDeleted} />}
        {!own && !underWay && <ReportButton what={{ slug, commentId: comment.id }} />}
      </div>
    </div>
  )
}

function DeleteComment({ slug, comment, onNotDeleted }: CommentCardProps) {
  const t = useMessages(communityMessages)
  const { mutateAsync } = useDeleteComment(slug, comment)
  const remove = () => {
    onNotDeleted(undefined)
    // The card is gone when the answer arrives; the promise still resolves.
    mutateAsync().catch(onNotDeleted)
  }
  return (
    <span className="mod-options">
      <button
        type="button"
        aria-label={t('deleteComment')}
        onClick={remove}
        className="grid size-11 place-items-center rounded-full text-muted hover:bg-sunken hover:text-alert"
      >
        <i className="ion-trash-a">
          <Trash2 className="size-4" aria-hidden />
        </i>
      </button>
    </span>
  )
}
