import { useNavigate } from '@tanstack/react-router'
import { useMessages } from '../../language/language.ts'
import { communityMessages } from './messages.ts'
import { offeredPages, PAGE_SIZE } from './paging.ts'

export interface PaginationProps {
  page: number
  /** Number of articles, over all pages. */
  count: number
}

export function Pagination({ page, count }: PaginationProps) {
  const t = useMessages(communityMessages)
  const navigate = useNavigate()
  const pages = Math.ceil(count / PAGE_SIZE)
  if (pages < 2) return null
  const goTo = (number: number) =>
    navigate({ to: '.', search: (search) => ({ ...search, page: number > 1 ? number : undefined }) })
  return (
    <ul className="pagination mt-8 flex flex-wrap justify-center gap-1" aria-label={t('pages')}>
      {offeredPages(page, pages).map((number, index) => (
        <li key={number ?? `gap-${index}`} className={`page-item ${number === page ? 'active' : ''}`}>
          {number === null ? (
            <span className="grid size-11 place-items-center text-muted" aria-hidden>
              …
            </span>
          ) : (
            <button
              type="button"
              aria-label={t('page', { page: number })}
              aria-current={number === page ? 'page' : undefined}
              onClick={() => goTo(number)}
              className="page-link size-11 rounded-full font-semibold hover:bg-sunken aria-[current=page]:bg-brand aria-[current=page]:text-on-brand"
            >
              {number}
            </button>
          )}
        </li>
      ))}
    </ul>
  )
}
