import { Amount, Currency, Id, Nullable, type Static, Timestamp, Type } from '@doran/kernel/contract'
import { Sku } from '@doran/product/contract'

/** Text in both languages of the catalogue. */
const Localised = Type.Object({ ko: Type.String(), en: Type.String() })

export const Quantity = Type.Integer({ minimum: 1, maximum: 999 })
/** Minor units; a cart may cost more than the limit of one order. */
export const CartTotal = Type.Integer({ minimum: 0, maximum: 9_000_000_000_000_000 })

export const CartLine = Type.Object({
  sku: Sku,
  productId: Nullable(Id),
  sellerId: Nullable(Id),
  sellerName: Nullable(Localised),
  name: Nullable(Localised),
  optionText: Nullable(Localised),
  image: Nullable(Type.String()),
  quantity: Quantity,
  /** Current unit price. */
  price: Amount,
  /** Unit price when the buyer last changed the line; differs from `price` if the seller has changed it since. */
  priceSeen: Amount,
  lineTotal: Amount,
  /** How many can be bought now. */
  available: Type.Integer({ minimum: 0 }),
  /** The reason why the line cannot be ordered, if any. */
  problem: Nullable(Type.Enum(['not_on_sale', 'not_enough_stock'])),
})
export type CartLine = Static<typeof CartLine>

/** A quantity that did not fit into a cart. */
export const LeftOut = Type.Object({ sku: Sku, quantity: Type.Integer({ minimum: 1 }) })
export type LeftOut = Static<typeof LeftOut>

export const Cart = Type.Object({
  id: Id,
  /** Null for a guest's cart, which anyone who knows its id may use. */
  buyerId: Nullable(Id),
  lines: Type.Array(CartLine),
  /** Sum of the lines that can be ordered; send it as `expectedTotal`. It may exceed what one order may cost. */
  total: CartTotal,
  currency: Currency,
  /**
   * After a merge: SKUs beyond the limit of 100 lines, and pieces beyond the 999 per SKU. Absent when everything
   * fitted.
   */
  leftOut: Type.Optional(Type.Array(LeftOut)),
})
export type Cart = Static<typeof Cart>

export const OrderStatus = Type.Enum([
  'awaiting_payment',
  /** The buyer has approved the payment; money and stock are being taken. */
  'processing',
  'paid',
  /** Cancelled by the buyer, or for lack of stock. All money has been refunded. */
  'cancelled',
  /** Not paid in time. */
  'expired',
])
export type OrderStatus = Static<typeof OrderStatus>

export const SellerOrderStatus = Type.Enum(['pending', 'preparing', 'cancelling', 'cancelled'])
export type SellerOrderStatus = Static<typeof SellerOrderStatus>

/** The delivery address as it was when the order was placed. */
export const Address = Type.Object({
  recipient: Type.String(),
  phone: Type.String(),
  /** Empty in countries without postal codes. */
  postalCode: Type.String(),
  line1: Type.String(),
  line2: Type.Optional(Type.String()),
  country: Type.String(),
})
export type Address = Static<typeof Address>

export const OrderLine = Type.Object({
  sku: Sku,
  productId: Id,
  name: Localised,
  optionText: Localised,
  image: Nullable(Type.String()),
  quantity: Quantity,
  price: Amount,
  total: Amount,
})
export type OrderLine = Static<typeof OrderLine>

/** One seller's part of an order, which is packed, shipped and cancelled separately. */
export const SellerOrder = Type.Object({
  id: Id,
  sellerId: Id,
  sellerName: Localised,
  status: SellerOrderStatus,
  /** Money was refunded directly at the provider: the part must not be shipped until an administrator decides. */
  held: Type.Boolean(),
  subtotal: Amount,
  lines: Type.Array(OrderLine),
})
export type SellerOrder = Static<typeof SellerOrder>

export const OrderFailure = Type.Object({ code: Type.String(), message: Type.String() })

export const TimelineEntry = Type.Object({
  at: Timestamp,
  /**
   * `placed`, `reduced`, `payment_started`, `payment_approved`, `payment_failed`, `paid`, `cancel_requested`,
   * `cancelled`, `cancel_failed`, `held`, `resumed`, `expired`.
   */
  what: Type.String(),
  details: Type.Record(Type.String(), Type.Unknown()),
})

const summary = {
  id: Id,
  /**
   * Date, random digits and a check digit, easy to read out: `261121-4827-1934`. Four digits longer when most short
   * numbers of the day are taken.
   */
  number: Type.String(),
  status: OrderStatus,
  total: Amount,
  refunded: Amount,
  currency: Currency,
  placedAt: Timestamp,
}

export const OrderSummary = Type.Object({ ...summary, firstLine: Localised, lineCount: Type.Integer() })
export type OrderSummary = Static<typeof OrderSummary>

export const Order = Type.Object({
  ...summary,
  buyerId: Id,
  paymentId: Nullable(Id),
  /** The refusal of the last attempt to pay. While the order awaits payment, it may be paid again. */
  failure: Nullable(OrderFailure),
  address: Address,
  note: Type.String(),
  paidAt: Nullable(Timestamp),
  /** The time at which the order expires unless it is paid. */
  expiresAt: Timestamp,
  sellers: Type.Array(SellerOrder),
  timeline: Type.Array(TimelineEntry),
})
export type Order = Static<typeof Order>

/** A seller's view of an order: their part and its address. */
export const SellerOrderView = Type.Object({
  id: Id,
  orderId: Id,
  number: Type.String(),
  status: SellerOrderStatus,
  /** Do not ship: money was refunded directly at the provider, and an administrator has yet to decide. */
  held: Type.Boolean(),
  subtotal: Amount,
  currency: Currency,
  address: Address,
  note: Type.String(),
  paidAt: Nullable(Timestamp),
  lines: Type.Array(OrderLine),
})
export type SellerOrderView = Static<typeof SellerOrderView>

/** A paid part of a closed shop; an administrator may cancel it. */
export const ClosedShopOrder = Type.Object({
  /** The id of the part; {@link order}`.cancelOrder` accepts it in `sellerOrderIds`. */
  id: Id,
  orderId: Id,
  number: Type.String(),
  buyerId: Id,
  sellerId: Id,
  sellerName: Localised,
  status: SellerOrderStatus,
  subtotal: Amount,
  currency: Currency,
  paidAt: Nullable(Timestamp),
  lines: Type.Array(OrderLine),
})
export type ClosedShopOrder = Static<typeof ClosedShopOrder>

export const CartInPath = Type.Object({ cartId: Id })
export const OrderInPath = Type.Object({ orderId: Id })
