import type { Cart } from '@doran/order/contract'
import { useSession } from '../../api/use-session.ts'
import { useFormat, useMessages } from '../../language/language.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Banner } from '../../ui/states.tsx'
import { cartMessages } from './messages.ts'
import { useCartActions } from './use-cart-actions.ts'

/** The total and the way to the checkout: beside the lines, or at the lower edge of small screens. */
export function CartSummary({ cart }: { cart: Cart }) {
  const t = useMessages(cartMessages)
  const { money } = useFormat()
  const orderable = cart.lines.filter(({ problem }) => !problem)
  const count = orderable.reduce((sum, { quantity }) => sum + quantity, 0)
  return (
    <section
      aria-label={t('summary')}
      className="sticky bottom-0 z-20 -mx-4 mt-6 border-t border-line bg-paper px-4 pt-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] sm:-mx-6 sm:px-6 lg:top-32 lg:bottom-auto lg:mx-0 lg:mt-0 lg:rounded-3xl lg:border lg:bg-surface lg:p-6"
    >
      <h2 className="hidden text-lg font-bold lg:block">{t('summary')}</h2>
      <dl className="lg:mt-4 lg:space-y-2">
        <div className="hidden justify-between lg:flex">
          <dt className="text-muted">{t('subtotal', { count })}</dt>
          <dd>{money(cart.total, cart.currency)}</dd>
        </div>
        <div className="hidden justify-between lg:flex">
          <dt className="text-muted">{t('shipping')}</dt>
          <dd>{t('free')}</dd>
        </div>
        <div className="flex items-baseline justify-between lg:border-t lg:border-line lg:pt-4">
          <dt className="font-semibold">{t('total')}</dt>
          <dd aria-live="polite" className="text-2xl font-extrabold">
            {money(cart.total, cart.currency)}
          </dd>
        </div>
      </dl>
      <Problems cart={cart} className="mt-4 hidden lg:block" />
      <ToCheckout possible={orderable.length === cart.lines.length} />
    </section>
  )
}

function ToCheckout({ possible }: { possible: boolean }) {
  const t = useMessages(cartMessages)
  const session = useSession()
  const text = session ? t('checkout') : t('checkoutGuest')
  return (
    <>
      {possible ? (
        <ButtonLink to="/checkout" size="large" className="mt-3 w-full lg:mt-5">
          {text}
        </ButtonLink>
      ) : (
        <Button disabled size="large" className="mt-3 w-full lg:mt-5">
          {text}
        </Button>
      )}
      {!session && <p className="mt-2 hidden text-center text-sm text-muted lg:block">{t('guestHint')}</p>}
    </>
  )
}

/** The number of lines that cannot be ordered, with one button that fixes all of them. */
export function Problems({ cart, className }: { cart: Cart; className?: string }) {
  const t = useMessages(cartMessages)
  const { fix } = useCartActions()
  const found = cart.lines.filter(({ problem }) => problem)
  if (found.length === 0) return null
  const fixAll = () => {
    for (const line of found) fix(line)
  }
  return (
    <div className={className}>
      <Banner tone="warning" role="status">
        <p>{t('problems', { count: found.length })}</p>
        <button type="button" onClick={fixAll} className="min-h-11 font-semibold underline underline-offset-4">
          {t('fixAll')}
        </button>
      </Banner>
    </div>
  )
}
