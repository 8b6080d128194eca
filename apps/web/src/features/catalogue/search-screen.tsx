import { useQuery } from '@tanstack/react-query'
import { useFormat, useMessages } from '../../language/language.ts'
import { Page } from '../../ui/page.tsx'
import { Skeleton } from '../../ui/states.tsx'
import { categoriesQuery } from './api/categories.ts'
import { CHIP, CHIP_ROW } from './chips.ts'
import { searchList } from './lists.ts'
import { catalogueMessages } from './messages.ts'
import { ProductList } from './product-list.tsx'
import { useFilters } from './use-filters.ts'

/** Without words it lists everything. */
export function SearchScreen() {
  const t = useMessages(catalogueMessages)
  const { filters } = useFilters()
  const title = filters.q ? t('found', { q: filters.q }) : t('allProducts')
  return (
    <Page title={title}>
      <h1 className="mt-2 mb-5 text-3xl font-bold sm:text-4xl">{title}</h1>
      <Departments chosen={filters.category} />
      <ProductList key={filters.q} list={searchList(filters)} brandsOf={filters.category} />
    </Page>
  )
}

function Departments({ chosen }: { chosen: string | undefined }) {
  const t = useMessages(catalogueMessages)
  const { text } = useFormat()
  const { change } = useFilters()
  const { data: departments } = useQuery(categoriesQuery)
  if (!departments) return <Skeleton className="h-13" />
  const chips: { slug?: string; label: string }[] = [
    { label: t('all') },
    ...departments.map(({ slug, name }) => ({ slug, label: text(name) })),
  ]
  return (
    <ul aria-label={t('within')} className={CHIP_ROW}>
      {chips.map(({ slug, label }) => (
        <li key={label}>
          <button
            type="button"
            aria-pressed={slug === chosen}
            onClick={() => change({ category: slug, brand: undefined })}
            className={CHIP}
          >
            {label}
          </button>
        </li>
      ))}
    </ul>
  )
}
