import type { Article } from '@doran/article/contract'
import { useNavigate } from '@tanstack/react-router'
import { useMessages } from '../../language/language.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Pencil, Trash2 } from '../../ui/icons.ts'
import { toast } from '../../ui/toasts.ts'
import { useDeleteArticle } from './api/articles.ts'
import { useReader } from './api/me.ts'
import { EMPTY, keepDraft, readDraft } from './drafts.ts'
import { at } from './edition.ts'
import { FavoriteButton } from './favorite-button.tsx'
import { FollowButton } from './follow-button.tsx'
import { communityMessages } from './messages.ts'
import { ReportButton } from './report-button.tsx'
import { useTellNotSaved } from './use-as-member.ts'

export interface ArticleActionsProps {
  article: Article
  /** Below the text, where readers can also report the article. */
  last?: boolean
}

/** The actions of the author, or of any other reader, on an article. */
export function ArticleActions({ article, last = false }: ArticleActionsProps) {
  const { me } = useReader()
  if (me?.username === article.author.username) return <AuthorActions article={article} />
  return (
    <div className="flex flex-wrap gap-2">
      <FollowButton member={article.author} />
      <FavoriteButton article={article} labelled />
      {last && <ReportButton what={{ slug: article.slug }} />}
    </div>
  )
}

function AuthorActions({ article }: { article: Article }) {
  const t = useMessages(communityMessages)
  const navigate = useNavigate()
  const notSaved = useTellNotSaved()
  const { mutate, isPending } = useDeleteArticle(article.slug)
  const leave = async () => {
    await navigate({ to: at('') })
    // Deleting asks for no confirmation, so the toast offers to restore the text, unless that would overwrite another
    // draft.
    const run = () => {
      const { title, description, body, tagList } = article
      keepDraft('new', { title, description, body, tagList })
      navigate({ to: at('/editor') })
    }
    toast(t('deleted'), readDraft('new', EMPTY) ? {} : { action: { label: t('takeBack'), run } })
  }
  return (
    <div className="flex flex-wrap gap-2">
      <ButtonLink
        to={at('/editor/$slug')}
        params={{ slug: article.slug }}
        look="secondary"
        size="small"
        className="btn btn-outline-secondary min-h-11!"
      >
        <Pencil className="size-4" aria-hidden />
        {t('edit')}
      </ButtonLink>
      <Button
        look="danger"
        size="small"
        busy={isPending}
        onClick={() => mutate(undefined, { onSuccess: leave, onError: notSaved })}
        className="btn btn-outline-danger min-h-11!"
      >
        <Trash2 className="size-4" aria-hidden />
        {t('delete')}
      </Button>
    </div>
  )
}
