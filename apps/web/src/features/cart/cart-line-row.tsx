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

/** Id of the screen's title. */
export const CART_TITLE = 'cart-title'

/** The most pieces that a line takes. */
const MAX_QUANTITY = 999

interface LineProps {
  line: CartLine
  currency: string
}

export function CartLineRow({ line, currency }: LineProps) {
  const { image, problem, available } = line
  return (
    <li className="py-5">
      <div className="grid grid-cols-[5rem_1fr] items-start gap-x-4 gap-y-3 sm:grid-cols-[6rem_1fr]">
        <Picture
          src={image}
          alt=""
          sizes="6rem"
          className={`rounded-2xl sm:row-span-2 ${problem ? 'opacity-60' : ''}`}
        />
        <Naming line={line} />
        {problem !== 'not_on_sale' && available > 0 && <Amount line={line} currency={currency} />}
      </div>
      <LineProblem line={line} />
      <PriceChange line={line} currency={currency} />
    </li>
  )
}

/** The product and the button that removes it. */
function Naming({ line }: { line: CartLine }) {
  const t = useMessages(cartMessages)
  const { text } = useFormat()
  const { remove } = useCartActions()
  const { productId, optionText } = line
  const name = line.name ? text(line.name) : t('unnamed')
  return (
    <div className="flex items-start gap-2">
      <div className="min-w-0 flex-1">
        {productId ? (
          <Link to="/products/$productId" params={{ productId }} className="font-semibold hover:text-brand">
            {name}
          </Link>
        ) : (
          <span className="font-semibold">{name}</span>
        )}
        {optionText && <p className="text-sm text-muted">{text(optionText)}</p>}
      </div>
      <button
        type="button"
        aria-label={t('remove', { name })}
        onClick={() => {
          remove(line)
          focusTitle()
        }}
        className="-mt-2 -mr-2 grid size-11 shrink-0 place-items-center rounded-full text-muted hover:bg-sunken hover:text-ink"
      >
        <Trash2 className="size-5" aria-hidden />
      </button>
    </div>
  )
}

/** The focus moves on, because the pressed button disappears. */
function focusTitle() {
  document.getElementById(CART_TITLE)?.focus({ preventScroll: true })
}

/** The quantity and the line's total: below the picture on small screens, beside it on others. */
function Amount({ line, currency }: LineProps) {
  const t = useMessages(cartMessages)
  const { text, money } = useFormat()
  const { setQuantity } = useCartActions()
  const { sku, name, quantity, price, lineTotal, available, problem } = line
  return (
    <div className="col-span-2 flex items-center justify-between gap-3 sm:col-span-1 sm:col-start-2">
      <Quantity
        value={quantity}
        max={Math.min(available, MAX_QUANTITY)}
        of={name ? text(name) : t('unnamed')}
        onChange={(next) => setQuantity(sku, next)}
      />
      <p className="text-right">
        <Price amount={lineTotal} currency={currency} className={problem ? 'text-muted' : 'text-lg'} />
        {quantity > 1 && (
          <span className="block text-sm text-muted">{t('each', { price: money(price, currency) })}</span>
        )}
      </p>
    </div>
  )
}

/** Says that the seller has changed the price, until the buyer accepts it. */
function PriceChange({ line, currency }: LineProps) {
  const t = useMessages(cartMessages)
  const { money } = useFormat()
  const { setQuantity } = useCartActions()
  const { sku, quantity, price, priceSeen, problem } = line
  if (price === priceSeen || problem) return null
  const prices = { before: money(priceSeen, currency), now: money(price, currency) }
  const tone = price > priceSeen ? 'bg-sun-soft text-on-sun-soft' : 'bg-leaf-soft text-leaf'
  return (
    <div className={`mt-4 flex items-center gap-2 rounded-2xl py-1 pr-1 pl-4 ${tone}`}>
      <p className="flex-1 py-1 font-medium">{t(price > priceSeen ? 'dearer' : 'cheaper', prices)}</p>
      {/* Setting a line accepts its current price. */}
      <button
        type="button"
        onClick={() => setQuantity(sku, quantity)}
        className="min-h-11 shrink-0 rounded-full px-3 font-semibold underline-offset-4 hover:underline"
      >
        {t('understood')}
      </button>
    </div>
  )
}
