import type { Cart } from '@doran/order/contract'
import { useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { useRef } from 'react'
import { useMessages } from '../../language/language.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { Page } from '../../ui/page.tsx'
import { Failed, Notice, Skeleton, Waiting } from '../../ui/states.tsx'
import { addressBookQuery } from '../addresses/api/addresses.ts'
import { cartQuery, directCartQuery } from '../cart/api/cart.ts'
import { usePlaceOrder } from './api/place-order.ts'
import { CheckoutForm } from './checkout-form.tsx'
import { checkoutMessages } from './messages.ts'
import { Unanswered } from './unanswered.tsx'
import { useGoToPayment } from './use-go-to-payment.ts'

export function CheckoutScreen() {
  const t = useMessages(checkoutMessages)
  return (
    <Page title={t('checkout')}>
      <Content />
    </Page>
  )
}

function Content() {
  const { cart: direct } = useSearch({ from: '/checkout' })
  const cart = useCart(direct)
  const addresses = useQuery(addressBookQuery)
  const placing = usePlaceOrder(useGoToPayment())
  const ordered = useRef<Cart>(null)
  // An ordered cart is gone; until the payment page loads, this page must show nothing of it.
  if (!placing.isPending && !placing.isSuccess) ordered.current = cart.data ?? null
  if (placing.unanswered) return <Unanswered intent={placing.unanswered} placing={placing} />
  if (cart.isPending || addresses.isPending) return <CheckoutSkeleton />
  if (cart.data === undefined) return <Failed error={cart.error} onRetry={cart.refetch} level={1} />
  if (!addresses.data) return <Failed error={addresses.error} onRetry={addresses.refetch} level={1} />
  if (!ordered.current?.lines.length) return <Empty />
  return <CheckoutForm cart={ordered.current} direct={!!direct} saved={addresses.data} placing={placing} />
}

/** The cart to order: the one of "buy now", or else the user's own. */
function useCart(direct: string | undefined) {
  const own = useQuery({ ...cartQuery, enabled: !direct })
  const other = useQuery({ ...directCartQuery(direct ?? ''), enabled: !!direct })
  return direct ? other : own
}

function Empty() {
  const t = useMessages(checkoutMessages)
  return (
    <Notice
      picture="empty-cart"
      level={1}
      title={t('empty')}
      actions={
        <>
          <ButtonLink to="/orders">{t('toOrders')}</ButtonLink>
          <ButtonLink to="/" look="secondary">
            {t('browse')}
          </ButtonLink>
        </>
      }
    >
      {t('emptyText')}
    </Notice>
  )
}

function CheckoutSkeleton() {
  return (
    <Waiting>
      <Skeleton className="mt-11 h-9 w-40" />
      <div className="mt-6 lg:grid lg:grid-cols-[1fr_22rem] lg:items-start lg:gap-10">
        <div className="space-y-5">
          <Skeleton className="h-[40rem] rounded-3xl" />
          <Skeleton className="h-64 rounded-3xl" />
        </div>
        <Skeleton className="mt-5 h-64 rounded-3xl lg:mt-0" />
      </div>
    </Waiting>
  )
}
