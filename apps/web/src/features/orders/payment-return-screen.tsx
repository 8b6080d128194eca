import type { Order } from '@doran/order/contract'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Navigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useExplain } from '../../api/use-explain.ts'
import { useFormat, useMessages } from '../../language/language.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { LoaderCircle } from '../../ui/icons.ts'
import { onDemand } from '../../ui/on-demand.tsx'
import { Page } from '../../ui/page.tsx'
import { Banner, Notice } from '../../ui/states.tsx'
import { confirmationQuery, paymentQuery } from './api/orders.ts'
import { ordersMessages } from './messages.ts'
import { OrderAgain } from './order-again.tsx'
import { OrderFailed } from './order-failed.tsx'
import { lastPaymentOf, reasonOf } from './story.ts'
import { usePay } from './use-pay.ts'

const CancelDialog = onDemand(() => import('./cancel-dialog.tsx'), 'CancelDialog')

const route = getRouteApi('/orders/$orderId/payment')

/**
 * The screen to which the payment page returns. It ignores the address's claims: only the API knows the payment's
 * outcome.
 */
export function PaymentReturnScreen() {
  const t = useMessages(ordersMessages)
  const { orderId } = route.useParams()
  const { data: order, error, isFetching, refetch } = useQuery(confirmationQuery(orderId))
  const isUndecided = !order || order.status === 'processing'
  return (
    <Page title={t('payment')} width="text">
      {isUndecided && (isFetching || order) && <Working />}
      {!order && !isFetching && <OrderFailed error={error} onRetry={refetch} />}
      {order && !isUndecided && <Outcome order={order} />}
    </Page>
  )
}

function Working() {
  const t = useMessages(ordersMessages)
  return (
    <div role="status" className="mx-auto flex max-w-md flex-col items-center px-4 py-24 text-center">
      <LoaderCircle className="size-14 animate-spin text-brand" aria-hidden />
      <h1 className="mt-6 text-2xl font-bold">{t('working')}</h1>
      <p className="mt-2 text-muted">{t('workingText')}</p>
    </div>
  )
}

function Outcome({ order }: { order: Order }) {
  if (order.status === 'paid') return <Navigate to="/orders/$orderId/complete" params={{ orderId: order.id }} replace />
  if (order.status === 'awaiting_payment') return <Unpaid order={order} />
  return <Closed order={order} />
}

/** For an order that can still be paid: says why it is not paid, and offers to try again or to give it up. */
function Unpaid({ order }: { order: Order }) {
  const t = useMessages(ordersMessages)
  const { dateTime, money } = useFormat()
  const explain = useExplain()
  const { pay, isPaying, error } = usePay(order.id)
  const [cancelling, setCancelling] = useState(false)
  const why = useWhy(order)
  const { refetch } = useQuery(confirmationQuery(order.id))
  const close = () => {
    setCancelling(false)
    refetch()
  }
  return (
    <div role="alert">
      <Notice
        picture="error"
        level={1}
        title={order.failure ? t('notPaid') : t('notFinished')}
        actions={
          <>
            <Button size="large" busy={isPaying} onClick={pay}>
              {order.failure ? t('payAgain') : t('payNow')} {money(order.total, order.currency)}
            </Button>
            <Button size="large" look="secondary" onClick={() => setCancelling(true)}>
              {t('cancelOrder')}
            </Button>
          </>
        }
      >
        <p className="text-lg text-balance text-ink">{why ?? t('notFinishedText')}</p>
        <p className="mt-2 text-balance">
          {order.failure && t('noMoney')} {t('kept', { time: dateTime(order.expiresAt) })}
        </p>
        {error && (
          <div className="mt-4">
            <Banner tone="failure">{explain(error).text}</Banner>
          </div>
        )}
      </Notice>
      {cancelling && <CancelDialog order={order} onClose={close} />}
    </div>
  )
}

/** The provider's reason for the last attempt, else the order's. */
function useWhy(order: Order): string | undefined {
  const t = useMessages(ordersMessages)
  const { data: payment } = useQuery(paymentQuery(order.failure ? lastPaymentOf(order) : undefined))
  const code = payment?.failure?.code ?? order.failure?.code
  return code && t(reasonOf(code))
}

function Closed({ order }: { order: Order }) {
  const { id, status, failure } = order
  const t = useMessages(ordersMessages)
  const expired = status === 'expired'
  return (
    <Notice
      picture="orders"
      level={1}
      title={expired ? t('orderExpired') : t('orderCancelled')}
      actions={
        <>
          <ButtonLink to="/orders/$orderId" params={{ orderId: id }}>
            {t('toOrder')}
          </ButtonLink>
          <OrderAgain order={order} />
        </>
      }
    >
      {expired ? t('orderExpiredText') : failure ? t(reasonOf(failure.code)) : t('nothingPaid')}
    </Notice>
  )
}
