import type { Order } from '@doran/order/contract'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Navigate } from '@tanstack/react-router'
import { useFormat, useMessages } from '../../language/language.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { Package, Truck, X } from '../../ui/icons.ts'
import { Page } from '../../ui/page.tsx'
import { Skeleton, Waiting } from '../../ui/states.tsx'
import { orderQuery } from './api/orders.ts'
import { Confetti } from './confetti.tsx'
import { ordersMessages } from './messages.ts'
import { OrderFailed } from './order-failed.tsx'

const route = getRouteApi('/orders/$orderId/complete')

export function OrderCompleteScreen() {
  const t = useMessages(ordersMessages)
  const { orderId } = route.useParams()
  const { data: order, error, isPending, refetch } = useQuery(orderQuery(orderId))
  return (
    <Page title={t('complete')} width="text">
      {isPending && (
        <Waiting>
          <Skeleton className="mx-auto mt-12 size-40 rounded-full" />
          <Skeleton className="mx-auto mt-4 h-8 w-64" />
          <Skeleton className="mt-12 h-80 rounded-3xl" />
        </Waiting>
      )}
      {!isPending && !order && <OrderFailed error={error} onRetry={refetch} />}
      {order && <Thanks order={order} />}
    </Page>
  )
}

function Thanks({ order }: { order: Order }) {
  const t = useMessages(ordersMessages)
  const { money } = useFormat()
  const { id, number, status, total, currency, sellers, address } = order
  // Somebody has opened this address by hand, or has cancelled the order.
  if (status !== 'paid') return <Navigate to="/orders/$orderId" params={{ orderId: id }} replace />
  return (
    <div className="relative">
      <Confetti />
      <div className="flex flex-col items-center pt-10 text-center">
        <img src={`${import.meta.env.BASE_URL}illustrations/paid.avif`} alt="" width={160} height={160} />
        <h1 className="mt-4 text-3xl font-extrabold">{t('thanks')}</h1>
        <p className="mt-2 text-lg text-balance text-muted">{t('thanksText')}</p>
      </div>
      <div className="mx-auto mt-10 max-w-lg rounded-3xl border border-line bg-surface p-6 sm:p-8">
        <dl className="flex flex-wrap justify-between gap-4 border-b border-line pb-6">
          <div>
            <dt className="text-sm text-muted">{t('number')}</dt>
            <dd className="text-xl font-bold select-all">{number}</dd>
          </div>
          <div className="sm:text-right">
            <dt className="text-sm text-muted">{t('paid')}</dt>
            <dd className="text-xl font-bold">{money(total, currency)}</dd>
          </div>
        </dl>
        <h2 className="mt-6 font-bold">{t('next')}</h2>
        <ol className="mt-4 space-y-4">
          <Next icon={<Package className="size-5" aria-hidden />}>{t('next_prepare', { count: sellers.length })}</Next>
          <Next icon={<Truck className="size-5" aria-hidden />}>
            {t('next_send', { recipient: address.recipient })}
          </Next>
          <Next icon={<X className="size-5" aria-hidden />}>{t('next_cancel')}</Next>
        </ol>
        <div className="mt-8 flex flex-col gap-3 sm:flex-row">
          <ButtonLink to="/orders/$orderId" params={{ orderId: id }} className="sm:flex-1">
            {t('toOrder')}
          </ButtonLink>
          <ButtonLink to="/" look="secondary" className="sm:flex-1">
            {t('shopOn')}
          </ButtonLink>
        </div>
      </div>
    </div>
  )
}

function Next({ icon, children }: { icon: React.ReactNode; children: string }) {
  return (
    <li className="flex items-start gap-4">
      <span className="grid size-10 shrink-0 place-items-center rounded-full bg-brand-soft text-on-brand-soft">
        {icon}
      </span>
      <span className="pt-2">{children}</span>
    </li>
  )
}
