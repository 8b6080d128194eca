import { assertInput, type Handler, publish } from '@doran/kernel'
import { Note, Type } from '@doran/kernel/contract'
import { asWritten, CorrectAddress, type DeliveryAddress, postalCodeMistake } from '@doran/user/contract'
import { closeCart, findLines, lockOpenCart, MAX_LINES, MAX_QUANTITY, priceCart } from '../carts.ts'
import { beginFreeCheckout } from '../checkout.ts'
import { type Cart, type order, orderPlaced } from '../contract.ts'
import {
  addressInvalid,
  cartEmpty,
  cartFull,
  notEnoughStock,
  skuNotOnSale,
  totalChanged,
  totalTooLarge,
} from '../errors.ts'
import { insertOrder, MAX_TOTAL, partsForEvent } from '../orders.ts'

export const placeOrder: Handler<typeof order, 'placeOrder'> = async (
  { cartId, expectedTotal, address, note },
  ctx,
) => {
  assertInput(Delivery, { address, note })
  assertPostalCode(address)
  return ctx.db.transaction(async (tx) => {
    const [open, lines] = await Promise.all([lockOpenCart(tx, cartId, ctx.actor), findLines(tx, cartId)])
    const cart = await priceCart(open, ctx, lines)
    assertOrderable(cart, expectedTotal)

    const placed = await insertOrder(tx, { cart, buyerId: ctx.actor.id, address: asWritten(address), note })
    if (placed.total === 0) placed.status = await beginFreeCheckout(tx, placed.id)
    await closeCart(tx, cartId, 'ordered')
    await publish(tx, orderPlaced, {
      orderId: placed.id,
      number: placed.number,
      buyerId: placed.buyerId,
      currency: placed.currency,
      total: placed.total,
      sellers: partsForEvent(placed.sellers),
    })
    return placed
  })
}

const Delivery = Type.Object({ address: CorrectAddress, note: Note(500) })

function assertPostalCode(address: DeliveryAddress): void {
  const mistake = postalCodeMistake(address)
  if (mistake) throw addressInvalid({}, { 'address.postalCode': [mistake] })
}

/** The check of stock is only an early warning: `startPayment` and the checkout hold the stock or refuse. */
function assertOrderable({ lines, total }: Cart, expectedTotal: number): void {
  if (lines.length === 0) throw cartEmpty()
  if (lines.length > MAX_LINES) throw cartFull({ lines: MAX_LINES, quantity: MAX_QUANTITY })
  const withdrawn = lines.find(({ problem }) => problem === 'not_on_sale')
  if (withdrawn) throw skuNotOnSale({ sku: withdrawn.sku })
  const scarce = lines.filter(({ problem }) => problem === 'not_enough_stock')
  if (scarce.length > 0) {
    throw notEnoughStock({
      lines: scarce.map(({ sku, quantity, available }) => ({ sku, wanted: quantity, available })),
    })
  }
  if (total > MAX_TOTAL) throw totalTooLarge({ actual: total, most: MAX_TOTAL })
  if (total !== expectedTotal) throw totalChanged({ expected: expectedTotal, actual: total })
}
