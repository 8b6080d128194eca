import {
  Amount,
  Currency,
  Cursor,
  contract,
  del,
  event,
  get,
  Id,
  PageSize,
  page,
  post,
  put,
  type Static,
  Timestamp,
  Type,
} from '@doran/kernel'
import { Sku } from '@doran/product/contract'
import { DeliveryAddress, personalData } from '@doran/user/contract'

/** Text in both languages of the catalogue. */
const Localised = Type.Object({ ko: Type.String(), en: Type.String() })

const Quantity = Type.Integer({ minimum: 1, maximum: 999 })
const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])

/** Minor units; what a cart holds may cost more than one order may. */
const CartTotal = Type.Integer({ minimum: 0, maximum: 9_000_000_000_000_000 })

export const CartLine = Type.Object({
  sku: Sku,
  productId: nullable(Id),
  sellerId: nullable(Id),
  sellerName: nullable(Localised),
  name: nullable(Localised),
  optionText: nullable(Localised),
  image: nullable(Type.String()),
  quantity: Quantity,
  /** Price of one, now. */
  price: Amount,
  /** Price of one when the buyer last changed the line; differs from `price` if the seller has changed it since. */
  priceSeen: Amount,
  lineTotal: Amount,
  /** How many can be bought now. */
  available: Type.Integer({ minimum: 0 }),
  /** What keeps the line from being ordered, if anything does. */
  problem: nullable(Type.Enum(['not_on_sale', 'not_enough_stock'])),
})
export type CartLine = Static<typeof CartLine>

/** What a cart had no room for. */
export const LeftOut = Type.Object({ sku: Sku, quantity: Type.Integer({ minimum: 1 }) })
export type LeftOut = Static<typeof LeftOut>

export const Cart = Type.Object({
  id: Id,
  /** Null for a guest's cart: whoever knows its id may use it. */
  buyerId: nullable(Id),
  lines: Type.Array(CartLine),
  /** Sum of the lines that can be ordered; send it as `expectedTotal`. It may exceed what one order may cost. */
  total: CartTotal,
  currency: Currency,
  /** After a merge: SKUs beyond the cart's hundred lines, and pieces beyond its 999 of one SKU. Absent when all found room. */
  leftOut: Type.Optional(Type.Array(LeftOut)),
})
export type Cart = Static<typeof Cart>

export const OrderStatus = Type.Enum([
  'awaiting_payment',
  /** The payment is agreed; money and stock are being taken. */
  'processing',
  'paid',
  /** Given up by the buyer, or refused for lack of stock. All money has been given back. */
  'cancelled',
  /** Not paid in time. */
  'expired',
])
export type OrderStatus = Static<typeof OrderStatus>

export const SellerOrderStatus = Type.Enum(['pending', 'preparing', 'cancelling', 'cancelled'])
export type SellerOrderStatus = Static<typeof SellerOrderStatus>

/** Where an order goes, as it was when it was placed. */
export const Address = Type.Object({
  recipient: Type.String(),
  phone: Type.String(),
  /** Empty in countries that have none. */
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
  image: nullable(Type.String()),
  quantity: Quantity,
  price: Amount,
  total: Amount,
})
export type OrderLine = Static<typeof OrderLine>

/** One seller's part of an order: packed, shipped and cancelled by itself. */
export const SellerOrder = Type.Object({
  id: Id,
  sellerId: Id,
  sellerName: Localised,
  status: SellerOrderStatus,
  /** Its money was given back at the provider, without us: it is not shipped until an administrator has decided. */
  held: Type.Boolean(),
  subtotal: Amount,
  lines: Type.Array(OrderLine),
})
export type SellerOrder = Static<typeof SellerOrder>

export const OrderFailure = Type.Object({ code: Type.String(), message: Type.String() })

export const TimelineEntry = Type.Object({
  at: Timestamp,
  /**
   * `placed`, `reduced`, `payment_started`, `payment_approved`, `payment_failed`, `paid`, `cancel_requested`, `cancelled`,
   * `cancel_failed`, `held`, `resumed`, `expired`.
   */
  what: Type.String(),
  details: Type.Record(Type.String(), Type.Unknown()),
})

const summary = {
  id: Id,
  /** Date, random digits and a check digit, to be read out: `261121-4827-1934`; four digits more on the busiest days. */
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
  paymentId: nullable(Id),
  /** Why the last attempt to pay was refused; the order may be paid again while it awaits payment. */
  failure: nullable(OrderFailure),
  address: Address,
  note: Type.String(),
  paidAt: nullable(Timestamp),
  /** When it expires unless it is paid. */
  expiresAt: Timestamp,
  sellers: Type.Array(SellerOrder),
  timeline: Type.Array(TimelineEntry),
})
export type Order = Static<typeof Order>

/** What a seller sees of an order: their part and where it goes. */
export const SellerOrderView = Type.Object({
  id: Id,
  orderId: Id,
  number: Type.String(),
  status: SellerOrderStatus,
  /** Do not ship it: its money was given back at the provider, and an administrator has yet to decide. */
  held: Type.Boolean(),
  subtotal: Amount,
  currency: Currency,
  address: Address,
  note: Type.String(),
  paidAt: nullable(Timestamp),
  lines: Type.Array(OrderLine),
})
export type SellerOrderView = Static<typeof SellerOrderView>

/** A part whose shop is closed: somebody has to decide what becomes of it. */
export const ClosedShopOrder = Type.Object({
  /** Of the part; {@link order}`.cancelOrder` takes it in `sellerOrderIds`. */
  id: Id,
  orderId: Id,
  number: Type.String(),
  buyerId: Id,
  sellerId: Id,
  sellerName: Localised,
  status: SellerOrderStatus,
  subtotal: Amount,
  currency: Currency,
  paidAt: nullable(Timestamp),
  lines: Type.Array(OrderLine),
})
export type ClosedShopOrder = Static<typeof ClosedShopOrder>

const CartInPath = Type.Object({ cartId: Id })
const OrderInPath = Type.Object({ orderId: Id })

export const order = contract('order', {
  ...personalData,
  createCart: post('/carts', {
    summary: 'A new cart for a guest; the one open cart of a member',
    reply: Cart,
    status: 201,
    access: 'anyone',
  }),
  /** It belongs to whoever knows its id, and leaves the buyer's open cart as it is. */
  createDirectCart: post('/carts/direct', {
    summary: 'A cart that holds one thing, to be bought at once',
    body: Type.Object({ sku: Sku, quantity: Quantity }),
    reply: Cart,
    status: 201,
    access: 'anyone',
  }),
  getCart: get('/carts/:cartId', {
    summary: 'A cart with prices and stock as they are now',
    path: CartInPath,
    reply: Cart,
    access: 'anyone',
  }),
  addLine: post('/carts/:cartId/lines', {
    summary: 'Put more of a SKU into a cart',
    path: CartInPath,
    body: Type.Object({ sku: Sku, quantity: Quantity }),
    reply: Cart,
    access: 'anyone',
  }),
  setLine: put('/carts/:cartId/lines/:sku', {
    summary: 'Set how many of a SKU are in a cart',
    path: Type.Object({ cartId: Id, sku: Sku }),
    body: Type.Object({ quantity: Quantity }),
    reply: Cart,
    access: 'anyone',
  }),
  removeLine: del('/carts/:cartId/lines/:sku', {
    summary: 'Take a SKU out of a cart',
    path: Type.Object({ cartId: Id, sku: Sku }),
    reply: Cart,
    access: 'anyone',
  }),
  mergeCart: post('/carts/:cartId/merge', {
    summary: "Put a guest's cart into the member's own, at sign-in",
    path: CartInPath,
    reply: Cart,
    access: 'user',
  }),
  /**
   * An order that costs nothing needs no payment: it is `processing` at once. Refused with `total_changed`,
   * `not_enough_stock`, `sku_not_on_sale` and `cart_empty`; with `address_invalid` when the postal code is not one of the
   * country's; with `cart_full` and `total_too_large` beyond what one order may hold and cost.
   */
  placeOrder: post('/orders', {
    summary: 'Order what is in a cart, at the total that the buyer saw',
    body: Type.Object({
      cartId: Id,
      expectedTotal: CartTotal,
      address: DeliveryAddress,
      note: Type.String({ maxLength: 500, default: '' }),
    }),
    reply: Order,
    status: 201,
    access: 'user',
  }),
  /**
   * Answers the payment that is open already, if there is one; after a refusal it opens a new one. From here on the stock
   * is held until the order expires. Refused with `not_enough_stock` when somebody else has it: its `lines` say for each
   * SKU what was `wanted` and what is `available`; nothing is held then, and `reduceOrder` goes on without it. Refused with
   * `return_url_refused` when `returnUrl` is none of the shop's own addresses.
   */
  startPayment: post('/orders/:orderId/payment', {
    summary: 'Open the payment page of an order',
    path: OrderInPath,
    body: Type.Object({
      returnUrl: Type.String({
        pattern: '^https?://',
        format: 'uri',
        maxLength: 2_000,
        errorMessage: 'must be an http or https address',
      }),
    }),
    reply: Type.Object({ paymentId: Id, paymentUrl: Type.String(), expiresAt: Timestamp }),
    access: 'user',
    idempotent: true,
  }),
  /**
   * Each line names a SKU of the order and how many of it are left in it, fewer than before; 0 takes it out. Prices stay
   * as they were ordered. Refused with `order_not_reducible`, also when nothing would be left, and once the stock of the
   * order is held: then nothing is missing.
   */
  reduceOrder: post('/orders/:orderId/reduction', {
    summary: 'Go on with an unpaid order without what is not in stock any more',
    path: OrderInPath,
    body: Type.Object({
      lines: Type.Array(Type.Object({ sku: Sku, quantity: Type.Integer({ minimum: 0, maximum: 998 }) }), {
        minItems: 1,
        maxItems: 100,
      }),
    }),
    // A hundred lines with the longest SKUs.
    bodyLimit: 65_536,
    reply: Order,
    access: 'user',
  }),
  /** Waits a few seconds for the outcome; `status` is still `processing` if it takes longer. */
  confirmPayment: post('/orders/:orderId/payment/confirmation', {
    summary: 'After the payment page: complete the order',
    path: OrderInPath,
    reply: Order,
    access: 'user',
    idempotent: true,
  }),
  getOrder: get('/orders/:orderId', {
    summary: 'An order with its timeline; buyers see their own',
    path: OrderInPath,
    reply: Order,
    access: 'user',
  }),
  listOrders: get('/orders', {
    summary: "The buyer's orders, newest first",
    query: Type.Object({ status: Type.Optional(OrderStatus), cursor: Cursor, limit: PageSize }),
    reply: page(OrderSummary),
    access: 'user',
  }),
  /**
   * Unpaid: the whole, at once. Paid: the parts named, or all that are not shipped; money and stock go back. Refused
   * with `seller_order_not_found` for a part that the order does not have, and with `order_unpaid_in_part` for some of
   * the parts of an order that is not paid.
   */
  cancelOrder: post('/orders/:orderId/cancellation', {
    summary: 'Cancel an order, or some sellers’ parts of it, before shipping',
    path: OrderInPath,
    body: Type.Object({
      sellerOrderIds: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: 50, uniqueItems: true })),
      reason: Type.String({ maxLength: 200, default: '' }),
    }),
    reply: Order,
    access: 'user',
  }),
  /**
   * Of a paid order whose money was given back at the provider. `cancel` gives back what is missing and puts the goods
   * back; `resume` lets the parts go on. Refused with `order_not_held` when nothing waits for a decision.
   */
  decideHeldOrder: post('/orders/:orderId/decision', {
    summary: 'Decide what becomes of parts that are held',
    path: OrderInPath,
    body: Type.Object({
      decision: Type.Enum(['resume', 'cancel']),
      reason: Type.String({ maxLength: 200, default: '' }),
    }),
    reply: Order,
    access: ['admin'],
  }),
  listSellerOrders: get('/seller/orders', {
    summary: "A seller's parts of paid orders, newest first; cancelled ones tell no address",
    query: Type.Object({ status: Type.Optional(SellerOrderStatus), cursor: Cursor, limit: PageSize }),
    reply: page(SellerOrderView),
    access: ['seller'],
  }),
  listOrdersOfClosedShops: get('/moderation/orders', {
    summary: 'Paid parts of orders whose shop is closed, newest first',
    query: Type.Object({ cursor: Cursor, limit: PageSize }),
    reply: page(ClosedShopOrder),
    access: ['admin'],
  }),
})

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
/** An unpaid order has fewer lines than before; `sellers` and `total` are what is left. */
export const orderReduced = event('order.reduced', Type.Object({ ...About, sellers: Parts }))
/** `paymentId` is null for an order that costs nothing. */
export const orderPaid = event('order.paid', Type.Object({ ...About, paymentId: nullable(Id), sellers: Parts }))
/** Some or all parts of a paid order were cancelled; `refunded` was given back for them. */
export const orderCancelled = event(
  'order.cancelled',
  Type.Object({ ...About, refunded: Amount, sellers: Parts, reason: Type.String() }),
)
/** `returned` was given back at the provider, without us; these parts are not shipped until an administrator decides. */
export const orderHeld = event('order.held', Type.Object({ ...About, returned: Amount, sellers: Parts }))
/** These parts go on. */
export const orderResumed = event('order.resumed', Type.Object({ ...About, reason: Type.String(), sellers: Parts }))
