import type { CartLine } from '@doran/order/contract'
import { Link } from '@tanstack/react-router'
import { useFormat, useMessages } from '../../language/language.ts'
import { Trash2 } from '../../ui/icons.ts'
import { Picture } from '../../ui/picture.tsx'
import { Price } from '../../ui/price.tsx'
import { Quantity } from '../../ui/quantity.tsx'
import { LineProblem } from './line-problem.tsx'
import { cartMessages } from './messages.ts'
import { useCartActions } from './use-cart-actions.ts'

/** No line takes more than this. */
const MOST = 999

export function CartLineRow({ line, currency }: { line: CartLine; currency: string }) {
  const t = useMessages(cartMessages)
  const { text, money } = useFormat()
  const { remove, setQuantity } = useCartActions()
  const { sku, productId, image, quantity, price, lineTotal, available, problem } = line
  const name = line.name ? text(line.name) : t('unnamed')
  const options = line.optionText && text(line.optionText)
  return (
    <li className="py-5">
      <div className="flex gap-4">
        <Picture
          src={image}
          alt=""
          sizes="6rem"
          className={`size-20 shrink-0 rounded-2xl sm:size-24 ${problem ? 'opacity-60' : ''}`}
        />
        <div className="min-w-0 flex-1">
          <div className="flex items-start gap-2">
            <div className="min-w-0 flex-1">
              {productId ? (
                <Link to="/products/$productId" params={{ productId }} className="font-semibold hover:text-brand">
                  {name}
                </Link>
              ) : (
                <span className="font-semibold">{name}</span>
              )}
              {options && <p className="text-sm text-muted">{options}</p>}
            </div>
            <button
              type="button"
              aria-label={t('remove', { name })}
              onClick={() => remove(line)}
              className="-mt-2 -mr-2 grid size-11 shrink-0 place-items-center rounded-full text-muted hover:bg-sunken hover:text-ink"
            >
              <Trash2 className="size-5" aria-hidden />
            </button>
          </div>
          {problem !== 'not_on_sale' && available > 0 && (
            <div className="mt-3 flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
              <Quantity
                value={quantity}
                max={Math.min(available, MOST)}
                of={name}
                onChange={(next) => setQuantity(sku, next)}
              />
              <p className="text-right">
                <Price amount={lineTotal} currency={currency} className={problem ? 'text-muted' : 'text-lg'} />
                {quantity > 1 && (
                  <span className="block text-sm text-muted">{t('each', { price: money(price, currency) })}</span>
                )}
              </p>
            </div>
          )}
        </div>
      </div>
      <LineProblem line={line} />
      <PriceChange line={line} currency={currency} />
    </li>
  )
}

function PriceChange({ line, currency }: { line: CartLine; currency: string }) {
  const t = useMessages(cartMessages)
  const { money } = useFormat()
  const { setQuantity } = useCartActions()
  const { sku, quantity, price, priceSeen, problem } = line
  if (price === priceSeen || problem) return null
  const prices = { before: money(priceSeen, currency), now: money(price, currency) }
  const tone = price > priceSeen ? 'bg-sun-soft text-on-sun-soft' : 'bg-leaf-soft text-leaf'
  return (
    <div className={`mt-4 flex flex-wrap items-center justify-between gap-2 rounded-2xl py-1 pr-1 pl-4 ${tone}`}>
      <p className="py-1 font-medium">{t(price > priceSeen ? 'dearer' : 'cheaper', prices)}</p>
      {/* Setting a line takes note of its price. */}
      <button
        type="button"
        onClick={() => setQuantity(sku, quantity)}
        className="min-h-11 rounded-full px-4 font-semibold underline-offset-4 hover:underline"
      >
        {t('understood')}
      </button>
    </div>
  )
}
