import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useSession } from '../../api/use-session.ts'
import { useFormat, useMessages } from '../../language/language.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { Store } from '../../ui/icons.ts'
import { Page } from '../../ui/page.tsx'
import { Failed, Notice, Skeleton, Waiting } from '../../ui/states.tsx'
import { cartQuery } from './api/cart.ts'
import { groupBySeller, type SellerGroup } from './cart-changes.ts'
import { CART_TITLE, CartLineRow } from './cart-line-row.tsx'
import { CartSummary, Problems } from './cart-summary.tsx'
import { cartMessages } from './messages.ts'

export function CartScreen() {
  const t = useMessages(cartMessages)
  return (
    <Page title={t('cart')}>
      <Content />
    </Page>
  )
}

function Content() {
  const t = useMessages(cartMessages)
  const { data: cart, error, isPending, refetch } = useQuery(cartQuery)
  if (isPending) return <CartSkeleton />
  if (cart === undefined) return <Failed error={error} onRetry={refetch} level={1} />
  if (!cart?.lines.length) return <EmptyCart />
  const groups = groupBySeller(cart.lines)
  const count = cart.lines.reduce((sum, { quantity }) => sum + quantity, 0)
  return (
    <>
      <h1 id={CART_TITLE} tabIndex={-1} className="text-3xl font-extrabold outline-none">
        {t('cart')} <span className="ml-1 text-lg font-medium text-muted">{t('count', { count })}</span>
      </h1>
      <div className="mt-6 lg:grid lg:grid-cols-[1fr_22rem] lg:items-start lg:gap-10">
        <div className="space-y-5">
          <Problems cart={cart} className="lg:hidden" />
          {groups.map((group) => (
            <Seller key={group.sellerId} group={group} currency={cart.currency} />
          ))}
        </div>
        <CartSummary cart={cart} />
      </div>
    </>
  )
}

function Seller({ group, currency }: { group: SellerGroup; currency: string }) {
  const t = useMessages(cartMessages)
  const { text, money } = useFormat()
  const { sellerId, sellerName, lines, subtotal } = group
  const name = sellerName ? text(sellerName) : t('otherSeller')
  return (
    <section aria-label={name} className="rounded-3xl border border-line bg-surface px-4 sm:px-6">
      <h2 className="flex min-h-14 items-center border-b border-line font-bold">
        {sellerId ? (
          <Link
            to="/sellers/$sellerId"
            params={{ sellerId }}
            className="flex min-h-11 items-center gap-2 hover:text-brand"
          >
            <Store className="size-5 text-muted" aria-hidden />
            {name}
          </Link>
        ) : (
          name
        )}
      </h2>
      <ul className="divide-y divide-line">
        {lines.map((line) => (
          <CartLineRow key={line.sku} line={line} currency={currency} />
        ))}
      </ul>
      {lines.length > 1 && (
        <p className="flex justify-between border-t border-line py-4 text-muted">
          <span>{t('sellerTotal', { seller: name })}</span>
          <span className="font-semibold text-ink">{money(subtotal, currency)}</span>
        </p>
      )}
    </section>
  )
}

function EmptyCart() {
  const t = useMessages(cartMessages)
  const session = useSession()
  return (
    <Notice
      picture="empty-cart"
      level={1}
      title={t('empty')}
      actions={
        <>
          <ButtonLink to="/">{t('browse')}</ButtonLink>
          {!session && (
            <ButtonLink to="/sign-in" search={{ to: '/cart' }} look="secondary">
              {t('signIn')}
            </ButtonLink>
          )}
        </>
      }
    >
      <p>{t('emptyText')}</p>
      {!session && <p>{t('emptyGuest')}</p>}
    </Notice>
  )
}

function CartSkeleton() {
  return (
    <Waiting>
      <Skeleton className="h-9 w-40" />
      <div className="mt-6 lg:grid lg:grid-cols-[1fr_22rem] lg:items-start lg:gap-10">
        <Skeleton className="h-80 rounded-3xl" />
        <Skeleton className="mt-5 h-64 rounded-3xl lg:mt-0" />
      </div>
    </Waiting>
  )
}
