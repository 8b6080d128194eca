import type { OrderStatus } from '@doran/order/contract'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useMessages } from '../../language/language.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { Page } from '../../ui/page.tsx'
import { Failed, Notice, Skeleton, Waiting } from '../../ui/states.tsx'
import { ordersQuery } from './api/orders.ts'
import { ordersMessages } from './messages.ts'
import { MoreOrders } from './more-orders.tsx'
import { OrderCard } from './order-card.tsx'
import { FILTERS } from './order-filter.ts'
import { ORDER_STATES } from './status-badge.tsx'

const route = getRouteApi('/orders')

export function OrderListScreen() {
  const t = useMessages(ordersMessages)
  const { status } = route.useSearch()
  return (
    <Page title={t('orders')} width="text">
      <h1 className="text-3xl font-extrabold">{t('orders')}</h1>
      <Filters chosen={status} />
      <Orders key={status} status={status} />
    </Page>
  )
}

const FILTER =
  'inline-flex min-h-11 items-center rounded-full border border-line bg-surface px-4 text-[0.95rem] font-medium hover:bg-sunken ' +
  'aria-[current=page]:border-brand aria-[current=page]:bg-brand-soft aria-[current=page]:text-on-brand-soft'

function Filters({ chosen }: { chosen: OrderStatus | undefined }) {
  const t = useMessages(ordersMessages)
  return (
    <nav
      aria-label={t('filter')}
      className="-mx-4 mt-5 overflow-x-auto px-4 py-1 [scrollbar-width:none] sm:mx-0 sm:px-0"
    >
      <ul className="flex gap-2 whitespace-nowrap sm:flex-wrap">
        {[undefined, ...FILTERS].map((status) => (
          <li key={status ?? 'all'}>
            <Link
              to="/orders"
              search={{ status }}
              // Otherwise the link to all orders would also be marked as current for each filter.
              activeOptions={{ exact: true, explicitUndefined: true }}
              aria-current={status === chosen ? 'page' : undefined}
              className={FILTER}
            >
              {status ? t(ORDER_STATES[status].text) : t('all')}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}

function Orders({ status }: { status: OrderStatus | undefined }) {
  const { data, error, isPending, refetch, hasNextPage, fetchNextPage, isFetchingNextPage, isFetchNextPageError } =
    useInfiniteQuery(ordersQuery(status))
  if (isPending) return <ListSkeleton />
  if (!data) return <Failed error={error} onRetry={refetch} />
  const orders = data.pages.flatMap(({ items }) => items)
  if (orders.length === 0) return <Nothing filtered={status !== undefined} />
  return (
    <>
      <ul className="mt-5 space-y-4">
        {orders.map((order) => (
          <OrderCard key={order.id} order={order} />
        ))}
      </ul>
      {hasNextPage && <MoreOrders onMore={fetchNextPage} busy={isFetchingNextPage} byItself={!isFetchNextPageError} />}
    </>
  )
}

function Nothing({ filtered }: { filtered: boolean }) {
  const t = useMessages(ordersMessages)
  if (filtered) {
    return (
      <Notice
        picture="no-results"
        title={t('nothingHere')}
        actions={
          <ButtonLink to="/orders" look="secondary">
            {t('showAll')}
          </ButtonLink>
        }
      />
    )
  }
  return (
    <Notice picture="orders" title={t('nothing')} actions={<ButtonLink to="/">{t('browse')}</ButtonLink>}>
      {t('nothingText')}
    </Notice>
  )
}

function ListSkeleton() {
  return (
    <Waiting>
      <div className="mt-5 space-y-4">
        {[1, 2, 3].map((card) => (
          <Skeleton key={card} className="h-36 rounded-3xl" />
        ))}
      </div>
    </Waiting>
  )
}
