import { Link } from '@tanstack/react-router'
import { useMessages } from '../../language/language.ts'
import { at } from './edition.ts'
import { communityMessages } from './messages.ts'

/** An article's tags; each links to the other articles with it. */
export function TagList({ tags }: { tags: readonly string[] }) {
  const t = useMessages(communityMessages)
  if (tags.length === 0) return null
  return (
    <ul className="tag-list flex flex-wrap gap-x-2 gap-y-1" aria-label={t('tags')}>
      {tags.map((tag) => (
        <li key={tag}>
          <TagLink tag={tag} className="min-h-8 border border-line" />
        </li>
      ))}
    </ul>
  )
}

export function TagLink({ tag, className = '' }: { tag: string; className?: string }) {
  return (
    <Link
      to={at('/tag/$tag')}
      params={{ tag }}
      className={`tag-default tag-pill inline-flex items-center rounded-full px-3 text-sm text-muted hover:bg-sunken hover:text-ink ${className}`}
    >
      {tag}
    </Link>
  )
}
