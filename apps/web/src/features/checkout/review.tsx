import type { Cart, CartLine } from '@doran/order/contract'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useFormat, useMessages } from '../../language/language.ts'
import { Picture } from '../../ui/picture.tsx'
import { Banner } from '../../ui/states.tsx'
import { groupBySeller } from '../cart/cart-changes.ts'
import { LineProblem } from '../cart/line-problem.tsx'
import { checkoutMessages } from './messages.ts'

/** The order's lines, by seller. The buyer can adjust lines that can no longer be ordered. */
export function Review({ cart, direct }: { cart: Cart; direct: boolean }) {
  const t = useMessages(checkoutMessages)
  const { text } = useFormat()
  return (
    <>
      <div className="space-y-6">
        {groupBySeller(cart.lines).map(({ sellerId, sellerName, lines }) => (
          <section key={sellerId}>
            {sellerName && <h3 className="text-sm font-semibold text-muted">{text(sellerName)}</h3>}
            <ul className="divide-y divide-line">
              {lines.map((line) => (
                <Line key={line.sku} line={line} currency={cart.currency}>
                  {direct ? <ChooseAgain line={line} /> : <LineProblem line={line} />}
                </Line>
              ))}
            </ul>
          </section>
        ))}
      </div>
      {!direct && (
        <Link
          to="/cart"
          className="mt-3 inline-flex min-h-11 items-center font-semibold text-brand underline-offset-4 hover:underline"
        >
          {t('editCart')}
        </Link>
      )}
    </>
  )
}

function Line({ line, currency, children }: { line: CartLine; currency: string; children: ReactNode }) {
  const t = useMessages(checkoutMessages)
  const { text, money } = useFormat()
  const { name, optionText, image, quantity, lineTotal, problem } = line
  return (
    <li className="py-3">
      <div className="flex gap-4">
        <Picture src={image} alt="" sizes="4rem" className="size-16 shrink-0 rounded-2xl" />
        <div className="min-w-0 flex-1">
          <p className="font-semibold">{name ? text(name) : line.sku}</p>
          <p className="text-sm text-muted">
            {[optionText && text(optionText), t('quantity', { count: quantity })].filter(Boolean).join(' · ')}
          </p>
        </div>
        <p className={`font-semibold whitespace-nowrap ${problem ? 'text-muted line-through' : ''}`}>
          {money(lineTotal, currency)}
        </p>
      </div>
      {children}
    </li>
  )
}

/** If a "buy now" item has sold out meanwhile, leads back to the product. */
function ChooseAgain({ line: { problem, available, productId } }: { line: CartLine }) {
  const t = useMessages(checkoutMessages)
  if (!problem) return null
  return (
    <div className="mt-3">
      <Banner tone="warning">
        {available > 0 ? t('directScarce', { available }) : t('directGone')}{' '}
        {productId && (
          <Link to="/products/$productId" params={{ productId }} className="font-semibold underline">
            {t('chooseAgain')}
          </Link>
        )}
      </Banner>
    </div>
  )
}
