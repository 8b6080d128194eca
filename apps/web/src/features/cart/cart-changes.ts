/** Predicts the cart after a change, until the API has answered, and groups it by seller. */
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

/** Changing a line accepts its current price. */
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
  /** Sum of the orderable lines. */
  subtotal: number
}

/** Sellers in the order in which they first appear. */
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
