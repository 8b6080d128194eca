import type { Order } from '@doran/order/contract'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useFormat, useMessages } from '../../language/language.ts'
import { Button } from '../../ui/button.tsx'
import { ArrowLeft } from '../../ui/icons.ts'
import { onDemand } from '../../ui/on-demand.tsx'
import { Page } from '../../ui/page.tsx'
import { Skeleton, Waiting } from '../../ui/states.tsx'
import { orderQuery } from './api/orders.ts'
import { isCancellable } from './held.ts'
import { ordersMessages } from './messages.ts'
import { OrderAgain } from './order-again.tsx'
import { OrderFacts } from './order-facts.tsx'
import { OrderFailed } from './order-failed.tsx'
import { OrderPart } from './order-part.tsx'
import { OrderState } from './order-state.tsx'
import { OrderStory } from './order-story.tsx'
import { OrderBadge } from './status-badge.tsx'

const CancelDialog = onDemand(() => import('./cancel-dialog.tsx'), 'CancelDialog')

const route = getRouteApi('/orders/$orderId')

export function OrderScreen() {
  const t = useMessages(ordersMessages)
  const { orderId } = route.useParams()
  const { data: order, error, isPending, refetch } = useQuery(orderQuery(orderId))
  return (
    <Page title={order ? t('order', { number: order.number }) : t('orders')}>
      {isPending && <OrderSkeleton />}
      {!isPending && !order && <OrderFailed error={error} onRetry={refetch} />}
      {order && <Whole order={order} />}
    </Page>
  )
}

/** What the buyer is about to cancel: one seller's part, or everything. */
export interface Doomed {
  part?: Order['sellers'][number]
}

function Whole({ order }: { order: Order }) {
  const t = useMessages(ordersMessages)
  const { date } = useFormat()
  const [doomed, setDoomed] = useState<Doomed>()
  const { number, status, placedAt, sellers } = order
  const left = sellers.filter(isCancellable)
  return (
    <>
      <Link to="/orders" className="-ml-2 inline-flex min-h-11 items-center gap-1.5 px-2 text-muted hover:text-ink">
        <ArrowLeft className="size-4" aria-hidden />
        {t('orders')}
      </Link>
      <div className="mt-1 flex flex-wrap items-center gap-x-4 gap-y-2">
        <h1 className="text-2xl font-extrabold sm:text-3xl">{t('order', { number })}</h1>
        <OrderBadge status={status} />
      </div>
      <p className="mt-1 text-muted">{t('placedAt', { date: date(placedAt) })}</p>
      <OrderState order={order} />
      <div className="mt-6 lg:grid lg:grid-cols-[1fr_22rem] lg:items-start lg:gap-10">
        <div className="space-y-5">
          {sellers.map((part) => (
            <OrderPart
              key={part.id}
              part={part}
              currency={order.currency}
              onCancel={isCancellable(part) && sellers.length > 1 ? () => setDoomed({ part }) : undefined}
            />
          ))}
          <OrderStory order={order} />
        </div>
        <div className="mt-5 lg:mt-0">
          <OrderFacts order={order} />
          {(status === 'awaiting_payment' || (status === 'paid' && left.length > 0)) && (
            <Button look="danger" className="mt-4 w-full" onClick={() => setDoomed({})}>
              {t('cancelOrder')}
            </Button>
          )}
          {(status === 'cancelled' || status === 'expired') && (
            <div className="mt-4 grid">
              <OrderAgain order={order} />
            </div>
          )}
        </div>
      </div>
      {doomed && <CancelDialog order={order} part={doomed.part} onClose={() => setDoomed(undefined)} />}
    </>
  )
}

function OrderSkeleton() {
  return (
    <Waiting>
      <Skeleton className="mt-12 h-9 w-72" />
      <div className="mt-12 lg:grid lg:grid-cols-[1fr_22rem] lg:items-start lg:gap-10">
        <Skeleton className="h-96 rounded-3xl" />
        <Skeleton className="mt-5 h-80 rounded-3xl lg:mt-0" />
      </div>
    </Waiting>
  )
}
