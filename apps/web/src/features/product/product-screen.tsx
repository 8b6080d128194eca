import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { isRefusal } from '../../api/errors.ts'
import { useMessages } from '../../language/language.ts'
import { Page } from '../../ui/page.tsx'
import { Failed, Skeleton, Waiting } from '../../ui/states.tsx'
import { Unknown } from '../catalogue/unknown.tsx'
import { productQuery } from './api/product.ts'
import { productMessages } from './messages.ts'
import { PRODUCT } from './product-look.ts'
import { ProductView } from './product-view.tsx'

export function ProductScreen() {
  const t = useMessages(productMessages)
  const { productId } = useParams({ from: '/products/$productId' })
  const { data: product, error, refetch } = useQuery(productQuery(productId))
  if (isGone(error)) return <Unknown title={t('notFound')}>{t('notFoundText')}</Unknown>
  if (product) return <ProductView key={productId} product={product} />
  return (
    <Page title={t('product')}>
      {error ? <Failed error={error} onRetry={refetch} level={1} /> : <ProductSkeleton />}
    </Page>
  )
}

/** The API refuses an invalid product id as bad input. */
function isGone(error: unknown): boolean {
  return isRefusal(error, 'product_not_found', 'validation_failed')
}

function ProductSkeleton() {
  return (
    <Waiting>
      <Skeleton className="h-11 w-48" />
      <div className={PRODUCT.columns}>
        <Skeleton className="aspect-square rounded-3xl" />
        <div className="space-y-4">
          <Skeleton className="h-6 w-1/3" />
          <Skeleton className="h-10 w-4/5" />
          <Skeleton className="h-9 w-2/5" />
          <Skeleton className="h-28 w-full" />
          <Skeleton className="h-13 w-full rounded-full" />
        </div>
      </div>
    </Waiting>
  )
}
