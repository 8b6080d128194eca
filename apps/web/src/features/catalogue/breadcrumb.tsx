import type { CategoryNode } from '@doran/product/contract'
import { Link } from '@tanstack/react-router'
import { useFormat, useMessages } from '../../language/language.ts'
import { ChevronRight } from '../../ui/icons.ts'
import { catalogueMessages } from './messages.ts'

const LINK = 'flex min-h-11 items-center rounded-lg px-1 hover:text-ink hover:underline'

/** The path from the home screen to this category; `here` if the category itself is the screen. */
export function Breadcrumb({ path, here = false }: { path: CategoryNode[]; here?: boolean }) {
  const t = useMessages(catalogueMessages)
  const { text } = useFormat()
  return (
    <nav aria-label={t('breadcrumb')} className="-ml-1 min-h-11 text-sm text-muted">
      <ol className="flex flex-wrap items-center">
        <li>
          <Link to="/" className={LINK}>
            {t('home')}
          </Link>
        </li>
        {path.map(({ slug, name }, index) => (
          <li key={slug} className="flex items-center">
            <ChevronRight className="size-4" aria-hidden />
            {here && index === path.length - 1 ? (
              <span aria-current="page" className="px-1 font-medium text-ink">
                {text(name)}
              </span>
            ) : (
              <Link to="/categories/$slug" params={{ slug }} className={LINK}>
                {text(name)}
              </Link>
            )}
          </li>
        ))}
      </ol>
    </nav>
  )
}
