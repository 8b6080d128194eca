import type { ArticleSummary } from '@doran/article/contract'
import { useMessages } from '../../language/language.ts'
import { buttonClass } from '../../ui/button.tsx'
import { Heart } from '../../ui/icons.ts'
import { useFavorite } from './api/articles.ts'
import { communityMessages } from './messages.ts'
import { useAsMember, useTellNotSaved } from './use-as-member.ts'

export interface FavoriteButtonProps {
  article: ArticleSummary
  /** With words, not only a heart and a number. */
  labelled?: boolean
}

export function FavoriteButton({ article, labelled = false }: FavoriteButtonProps) {
  const t = useMessages(communityMessages)
  const asMember = useAsMember()
  const notSaved = useTellNotSaved()
  const { mutate } = useFavorite(article.slug)
  const { favorited, favoritesCount: count, title } = article
  const look = favorited ? 'btn-primary text-on-brand-soft bg-brand-soft border-brand' : 'btn-outline-primary'
  return (
    <button
      type="button"
      aria-pressed={labelled ? undefined : favorited}
      aria-label={labelled ? undefined : t('favoriteOf', { title, count })}
      onClick={() => asMember(() => mutate(!favorited, { onError: notSaved }))}
      className={buttonClass({ look: 'secondary', size: 'small' }, `btn btn-sm min-h-11! shrink-0 ${look}`)}
    >
      <Heart className={`size-4 text-brand ${favorited ? 'fill-current' : ''}`} aria-hidden />
      {labelled && <span>{favorited ? t('unfavorite') : t('favorite')}</span>}
      <span className="counter">{count}</span>
    </button>
  )
}
