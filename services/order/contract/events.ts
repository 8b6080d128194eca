import { Amount, Currency, event, Id, Nullable, Type } from '@doran/kernel/contract'
import { Sku } from '@doran/product/contract'
import { Quantity } from './schemas.ts'

const About = { orderId: Id, number: Type.String(), buyerId: Id, currency: Currency, total: Amount }
const Parts = Type.Array(
  Type.Object({
    sellerOrderId: Id,
    sellerId: Id,
    subtotal: Amount,
    lines: Type.Array(Type.Object({ sku: Sku, productId: Id, quantity: Quantity, price: Amount })),
  }),
)

export const orderPlaced = event('order.placed', Type.Object({ ...About, sellers: Parts }))
/** An unpaid order was reduced; `sellers` and `total` describe the rest. */
export const orderReduced = event('order.reduced', Type.Object({ ...About, sellers: Parts }))
/** `paymentId` is null for an order that costs nothing. */
export const orderPaid = event('order.paid', Type.Object({ ...About, paymentId: Nullable(Id), sellers: Parts }))
/** Some or all parts of a paid order, listed in `sellers`, were cancelled; `refunded` is the amount for these parts. */
export const orderCancelled = event(
  'order.cancelled',
  Type.Object({ ...About, refunded: Amount, sellers: Parts, reason: Type.String() }),
)
/**
 * `returned` was refunded directly at the provider. The parts in `sellers` must not be shipped until an administrator
 * decides.
 */
export const orderHeld = event('order.held', Type.Object({ ...About, returned: Amount, sellers: Parts }))
/** The held parts in `sellers` may be shipped again. */
export const orderResumed = event('order.resumed', Type.Object({ ...About, reason: Type.String(), sellers: Parts }))
