import type { Cart, CartLine } from '@doran/order/contract'
import { Link } from '@tanstack/react-router'
import { useFormat, useMessages } from '../../language/language.ts'
import { Picture } from '../../ui/picture.tsx'
import { groupBySeller } from '../cart/cart-changes.ts'
import { LineProblem } from '../cart/line-problem.tsx'
import { checkoutMessages } from './messages.ts'

/** What is ordered, by seller. What can no longer be ordered is adjusted here. */
export function Review({ cart }: { cart: Cart }) {
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
                <Line key={line.sku} line={line} currency={cart.currency} />
              ))}
            </ul>
          </section>
        ))}
      </div>
      <Link
        to="/cart"
        className="mt-3 inline-flex min-h-11 items-center font-semibold text-brand underline-offset-4 hover:underline"
      >
        {t('editCart')}
      </Link>
    </>
  )
}

function Line({ line, currency }: { line: CartLine; currency: string }) {
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
      <LineProblem line={line} />
    </li>
  )
}
