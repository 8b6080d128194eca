/** What a cart will look like after a change, shown until the API has answered; and how it is shown by seller. */
import type { Cart, CartLine } from '@doran/order/contract'

export function withQuantity(cart: Cart, sku: string, quantity: number): Cart {
  return withLines(
    cart,
    cart.lines.map((line) => (line.sku === sku ? changed(line, quantity) : line)),
  )
}

export function withoutLine(cart: Cart, sku: string): Cart {
  return withLines(
    cart,
    cart.lines.filter((line) => line.sku !== sku),
  )
}

/** Changing a line takes note of its price. */
function changed(line: CartLine, quantity: number): CartLine {
  const { price, available, problem } = line
  const scarce = available < quantity ? 'not_enough_stock' : null
  return {
    ...line,
    quantity,
    priceSeen: price,
    lineTotal: price * quantity,
    problem: problem === 'not_on_sale' ? problem : scarce,
  }
}

function withLines(cart: Cart, lines: CartLine[]): Cart {
  return { ...cart, lines, total: lines.reduce((sum, line) => sum + (line.problem ? 0 : line.lineTotal), 0) }
}

export interface SellerGroup {
  /** Empty for products that the catalogue no longer has. */
  sellerId: string
  sellerName: CartLine['sellerName']
  lines: CartLine[]
  /** Of what can be ordered. */
  subtotal: number
}

/** In the order in which the sellers first appear. */
export function groupBySeller(lines: readonly CartLine[]): SellerGroup[] {
  const groups = new Map<string, SellerGroup>()
  for (const line of lines) {
    const sellerId = line.sellerId ?? ''
    const group = groups.get(sellerId) ?? { sellerId, sellerName: line.sellerName, lines: [], subtotal: 0 }
    group.lines.push(line)
    if (!line.problem) group.subtotal += line.lineTotal
    groups.set(sellerId, group)
  }
  return [...groups.values()]
}
