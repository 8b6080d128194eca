import type { CategoryNode } from '@doran/product/contract'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useFormat, useMessages } from '../../language/language.ts'
import { Page } from '../../ui/page.tsx'
import { Picture } from '../../ui/picture.tsx'
import { Failed, Skeleton, Waiting } from '../../ui/states.tsx'
import { categoriesQuery } from './api/categories.ts'
import { Breadcrumb } from './breadcrumb.tsx'
import { CategoryChips } from './category-chips.tsx'
import { pathTo } from './category-path.ts'
import { categoryList } from './lists.ts'
import { catalogueMessages } from './messages.ts'
import { ProductGridSkeleton } from './product-grid.tsx'
import { ProductList } from './product-list.tsx'
import { Unknown } from './unknown.tsx'
import { useFilters } from './use-filters.ts'

export function CategoryScreen() {
  const t = useMessages(catalogueMessages)
  const { slug } = useParams({ from: '/categories/$slug' })
  const { data: tree, error, refetch } = useQuery(categoriesQuery)
  if (!tree && !error) return <CategorySkeleton />
  if (!tree) {
    return (
      <Page title={t('products')}>
        <Failed error={error} onRetry={refetch} level={1} />
      </Page>
    )
  }
  const path = pathTo(slug, tree)
  const category = path.at(-1)
  return category ? (
    <CategoryPage key={slug} category={category} path={path} />
  ) : (
    <Unknown title={t('categoryUnknown')}>{t('categoryUnknownText')}</Unknown>
  )
}

function CategoryPage({ category, path }: { category: CategoryNode; path: CategoryNode[] }) {
  const { text } = useFormat()
  const { filters } = useFilters()
  return (
    <Page title={text(category.name)}>
      <Breadcrumb path={path} here />
      <div className="mt-2 mb-5 flex items-center gap-4 sm:gap-5">
        <Picture
          src={`/pictures/categories/${category.slug}.avif`}
          alt=""
          sizes="80px"
          first
          className="size-16 shrink-0 rounded-2xl sm:size-20 sm:rounded-3xl"
        />
        <h1 className="text-3xl font-bold sm:text-4xl">{text(category.name)}</h1>
      </div>
      <CategoryChips path={path} />
      <ProductList list={categoryList(category.slug, filters)} brandsOf={category.slug} />
    </Page>
  )
}

function CategorySkeleton() {
  const t = useMessages(catalogueMessages)
  return (
    <Page title={t('products')}>
      <Waiting>
        <Skeleton className="h-11 w-48" />
        <Skeleton className="mt-2 mb-5 h-16 w-64 sm:h-20" />
        <Skeleton className="mb-28 h-13 w-full" />
      </Waiting>
      <ProductGridSkeleton />
    </Page>
  )
}
