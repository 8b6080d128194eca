import type { Cart } from '@doran/order/contract'
import { isRefusal, isTransient } from '../../api/errors.ts'
import { useExplain } from '../../api/use-explain.ts'
import { useFormat, useMessages } from '../../language/language.ts'
import { Button } from '../../ui/button.tsx'
import { Banner } from '../../ui/states.tsx'
import { checkoutMessages } from './messages.ts'

export interface PaySummaryProps {
  cart: Cart
  /** Why the order was refused. */
  error: unknown
  busy: boolean
}

/** The total and the button, beside the parts or below them. */
export function PaySummary({ cart, error, busy }: PaySummaryProps) {
  const t = useMessages(checkoutMessages)
  const { money } = useFormat()
  const { lines, total, currency } = cart
  const count = lines.reduce((sum, { quantity, problem }) => sum + (problem ? 0 : quantity), 0)
  const isOrderable = lines.every(({ problem }) => !problem)
  return (
    <section
      aria-label={t('total')}
      className="mt-5 rounded-3xl border border-line bg-surface p-4 sm:p-6 lg:sticky lg:top-32 lg:mt-0"
    >
      <dl className="space-y-2">
        <div className="flex justify-between">
          <dt className="text-muted">{t('items', { count })}</dt>
          <dd>{money(total, currency)}</dd>
        </div>
        <div className="flex justify-between">
          <dt className="text-muted">{t('shipping')}</dt>
          <dd>{t('free')}</dd>
        </div>
        <div className="flex items-baseline justify-between border-t border-line pt-4">
          <dt className="font-semibold">{t('total')}</dt>
          <dd aria-live="polite" className="text-2xl font-extrabold">
            {money(total, currency)}
          </dd>
        </div>
      </dl>
      <Refusal error={error} cart={cart} />
      <Button type="submit" size="large" busy={busy} disabled={!isOrderable} className="mt-5 w-full">
        {count > 0 ? t('pay', { amount: money(total, currency) }) : t('nothingToPay')}
      </Button>
      <p className="mt-3 text-center text-sm text-muted">{isOrderable ? t('agree') : t('stockChanged')}</p>
    </section>
  )
}

/** Why the order was not placed, and what to do. */
function Refusal({ error, cart }: { error: unknown; cart: Cart }) {
  const t = useMessages(checkoutMessages)
  const { money } = useFormat()
  const explain = useExplain()
  // Another screen handles an order that may have arrived.
  if (!error || isTransient(error)) return null
  const price = (amount: unknown) => money(Number(amount), cart.currency)
  return (
    <div className="mt-4">
      <Banner tone="warning" role="alert">
        {isRefusal(error, 'total_changed')
          ? t('totalChanged', { before: price(error.details.expected), now: price(error.details.actual) })
          : isRefusal(error, 'not_enough_stock', 'out_of_stock', 'sku_not_on_sale')
            ? t('stockChanged')
            : explain(error).text}
      </Banner>
    </div>
  )
}
