import { useQuery } from '@tanstack/react-query'
import { useFormat, useMessages } from '../../language/language.ts'
import { Skeleton } from '../../ui/states.tsx'
import { brandsQuery } from './api/brands.ts'
import { Choice } from './choice.tsx'
import { catalogueMessages } from './messages.ts'
import { useFilters } from './use-filters.ts'

/** Shows no error if the brands cannot be fetched: the list works without them. */
export function BrandFilter({ category }: { category: string | undefined }) {
  const t = useMessages(catalogueMessages)
  const { text } = useFormat()
  const { filters, change } = useFilters()
  const { data: brands, isPending } = useQuery(brandsQuery(category))
  if (isPending) return <Skeleton className="h-48" />
  if (!brands?.length) return null
  return (
    <Choice
      legend={t('brand')}
      choices={[
        { value: '', label: t('allBrands') },
        ...brands.map(({ slug, name }) => ({ value: slug, label: text(name) })),
      ]}
      value={filters.brand ?? ''}
      onChange={(brand) => change({ brand: brand || undefined })}
    />
  )
}
