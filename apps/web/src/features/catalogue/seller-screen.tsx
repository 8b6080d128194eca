import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { isRefusal } from '../../api/errors.ts'
import { useFormat, useMessages } from '../../language/language.ts'
import { Store } from '../../ui/icons.ts'
import { Page } from '../../ui/page.tsx'
import { Failed, Skeleton, Waiting } from '../../ui/states.tsx'
import { sellerQuery } from './api/seller.ts'
import { sellerList } from './lists.ts'
import { catalogueMessages } from './messages.ts'
import { ProductGridSkeleton } from './product-grid.tsx'
import { ProductList } from './product-list.tsx'
import { Unknown } from './unknown.tsx'
import { useFilters } from './use-filters.ts'

export function SellerScreen() {
  const t = useMessages(catalogueMessages)
  const { text } = useFormat()
  const { sellerId } = useParams({ from: '/sellers/$sellerId' })
  const { filters } = useFilters()
  const { data: seller, error, refetch } = useQuery(sellerQuery(sellerId))
  if (!seller && !error) return <SellerSkeleton />
  // The API refuses an invalid shop id as bad input.
  if (isRefusal(error, 'seller_not_found', 'validation_failed')) {
    return <Unknown title={t('sellerUnknown')}>{t('sellerUnknownText')}</Unknown>
  }
  return (
    <Page title={seller ? text(seller.name) : t('seller')}>
      {seller ? (
        <>
          <ShopSign name={text(seller.name)} about={text(seller.about)} />
          <ProductList key={sellerId} list={sellerList(sellerId, filters)} />
        </>
      ) : (
        <Failed error={error} onRetry={refetch} level={1} />
      )}
    </Page>
  )
}

function ShopSign({ name, about }: { name: string; about: string }) {
  const t = useMessages(catalogueMessages)
  return (
    <div className="mb-4 flex flex-col gap-5 rounded-3xl bg-sun-soft p-6 text-on-sun-soft sm:flex-row sm:items-center sm:gap-8 sm:p-10">
      <span className="grid size-18 shrink-0 place-items-center rounded-2xl bg-surface sm:size-24 sm:rounded-3xl">
        <Store className="size-9 sm:size-11" aria-hidden />
      </span>
      <div>
        <p className="text-sm font-semibold">{t('seller')}</p>
        <h1 className="mt-1 text-3xl font-bold sm:text-4xl">{name}</h1>
        {about && <p className="mt-3 max-w-2xl whitespace-pre-line">{about}</p>}
      </div>
    </div>
  )
}

function SellerSkeleton() {
  const t = useMessages(catalogueMessages)
  return (
    <Page title={t('seller')}>
      <Waiting>
        <Skeleton className="mb-24 h-64 rounded-3xl sm:h-44" />
      </Waiting>
      <ProductGridSkeleton />
    </Page>
  )
}
