import { useQuery } from '@tanstack/react-query'
import { useMessages } from '../../language/language.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { ChevronRight } from '../../ui/icons.ts'
import { Failed } from '../../ui/states.tsx'
import type { Sort } from '../catalogue/filters.ts'
import { Shelf } from '../catalogue/shelf.tsx'
import { type popularQuery, SHELF_SIZE } from './api/home.ts'
import { homeMessages } from './messages.ts'
import { SectionHeading } from './section-heading.tsx'

export interface ProductShelfProps {
  title: string
  query: typeof popularQuery
  /** The order of the product list that the shelf links to. */
  sort: Sort
}

export function ProductShelf({ title, query, sort }: ProductShelfProps) {
  const t = useMessages(homeMessages)
  const { data: products, error, refetch } = useQuery(query)
  if (products?.length === 0) return null
  return (
    <section>
      <SectionHeading
        title={title}
        more={
          <ButtonLink
            to="/search"
            search={{ sort }}
            look="quiet"
            aria-label={t('seeAllOf', { what: title })}
            className="-mr-3 shrink-0 text-muted"
          >
            {t('seeAll')}
            <ChevronRight className="-mr-2 size-4" aria-hidden />
          </ButtonLink>
        }
      />
      {error && !products ? (
        <Failed error={error} onRetry={refetch} />
      ) : (
        <Shelf products={products} count={SHELF_SIZE} />
      )}
    </section>
  )
}
