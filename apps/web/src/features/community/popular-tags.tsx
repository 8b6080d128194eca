import { useQuery } from '@tanstack/react-query'
import { useMessages } from '../../language/language.ts'
import { Skeleton } from '../../ui/states.tsx'
import { tagsQuery } from './api/articles.ts'
import { communityMessages } from './messages.ts'
import { TagLink } from './tag-list.tsx'

const MAX_TAGS = 24

/** Beside the articles, which can be read without it; a failure leaves it empty. */
export function PopularTags() {
  const t = useMessages(communityMessages)
  const { data: tags, isError } = useQuery(tagsQuery)
  return (
    <aside className="sidebar lg:sticky lg:top-36" aria-label={t('popularTags')}>
      <div className="rounded-3xl bg-sunken p-5">
        <p className="font-bold">{t('popularTags')}</p>
        <div className="tag-list mt-3 flex flex-wrap gap-2">
          {tags?.slice(0, MAX_TAGS).map((tag) => (
            <TagLink key={tag} tag={tag} className="min-h-9 bg-surface" />
          ))}
          {!tags && !isError && <Skeleton className="h-28 w-full bg-surface" />}
          {(isError || tags?.length === 0) && <span className="text-sm text-muted">{t('noTags')}</span>}
        </div>
      </div>
    </aside>
  )
}
