import type { Order } from '@doran/order/contract'
import { isRefusal } from '../../api/errors.ts'
import { useExplain } from '../../api/use-explain.ts'
import { useFormat, useMessages } from '../../language/language.ts'
import { Button } from '../../ui/button.tsx'
import { Clock, CreditCard, LoaderCircle } from '../../ui/icons.ts'
import { Banner } from '../../ui/states.tsx'
import { isHeld } from './held.ts'
import { ordersMessages } from './messages.ts'
import { OrderGone } from './order-gone.tsx'
import { reasonOf } from './story.ts'
import { TimeLeft } from './time-left.tsx'
import { usePay } from './use-pay.ts'

/** The order's current state, and the buyer's next actions. It updates by itself. */
export function OrderState({ order }: { order: Order }) {
  return (
    <div role="status" className="mt-5 empty:hidden">
      <State order={order} />
    </div>
  )
}

function State({ order }: { order: Order }) {
  const t = useMessages(ordersMessages)
  const { status, sellers } = order
  if (status === 'awaiting_payment') return <Awaiting order={order} />
  if (status === 'processing') return <Working title={t('processingTitle')} text={t('processingText')} />
  if (status === 'expired') return <Banner>{t('expiredBanner')}</Banner>
  if (sellers.some((part) => part.status === 'cancelling')) return <Working title={t('cancellingBanner')} />
  if (sellers.some(isHeld)) return <Banner tone="warning">{t('heldBanner')}</Banner>
  return <Cancelled order={order} />
}

function Awaiting({ order }: { order: Order }) {
  const t = useMessages(ordersMessages)
  const { dateTime, money } = useFormat()
  const explain = useExplain()
  const { pay, isPaying, error } = usePay(order.id)
  const { expiresAt, failure, paymentId, total, currency } = order
  // Stock is held from the first visit to the payment page on.
  const isHeld = paymentId !== null || failure !== null
  return (
    <div className="rounded-3xl bg-sun-soft p-5 text-on-sun-soft sm:flex sm:items-center sm:gap-6 sm:p-6">
      <div className="flex-1">
        <p className="flex flex-wrap items-center gap-x-3 text-lg font-bold">
          <Clock className="size-5" aria-hidden />
          {t('awaiting')}
          <TimeLeft until={expiresAt} />
        </p>
        {failure && <p className="mt-1 font-medium">{t('lastRefused', { why: t(reasonOf(failure.code)) })}</p>}
        <p className="mt-1">{t(isHeld ? 'awaitingHeld' : 'awaitingText', { time: dateTime(expiresAt) })}</p>
        {isRefusal(error, 'not_enough_stock') ? (
          <OrderGone order={order} refusal={error} />
        ) : (
          error && <p className="mt-2 font-semibold">{explain(error).text}</p>
        )}
      </div>
      <Button size="large" busy={isPaying} onClick={pay} className="mt-4 w-full sm:mt-0 sm:w-auto">
        {!isPaying && <CreditCard className="size-5" aria-hidden />}
        {failure ? t('payAgain') : t('payNow')} {money(total, currency)}
      </Button>
    </div>
  )
}

function Working({ title, text }: { title: string; text?: string }) {
  return (
    <Banner tone="warning">
      <p className="flex items-center gap-3 font-semibold">
        <LoaderCircle className="size-5 shrink-0 animate-spin" aria-hidden />
        {title}
      </p>
      {text && <p className="mt-0.5 ml-8">{text}</p>}
    </Banner>
  )
}

function Cancelled({ order: { status, refunded, currency, failure, paidAt } }: { order: Order }) {
  const t = useMessages(ordersMessages)
  const { money } = useFormat()
  if (status !== 'cancelled' && refunded === 0) return null
  return (
    <Banner tone={refunded > 0 ? 'success' : 'info'}>
      {status === 'cancelled' && <>{t('cancelledBanner')} </>}
      {failure && <>{t(reasonOf(failure.code))} </>}
      {refunded > 0 && t('refundedBanner', { amount: money(refunded, currency) })}
      {!paidAt && !failure && t('nothingPaid')}
    </Banner>
  )
}
