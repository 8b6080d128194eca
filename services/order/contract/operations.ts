import { Cursor, contract, del, get, Id, PageSize, page, post, put, Timestamp, Type } from '@doran/kernel/contract'
import { Sku } from '@doran/product/contract'
import { DeliveryAddress, personalData } from '@doran/user/contract'
import {
  Cart,
  CartInPath,
  CartTotal,
  ClosedShopOrder,
  Order,
  OrderInPath,
  OrderStatus,
  OrderSummary,
  Quantity,
  SellerOrderStatus,
  SellerOrderView,
} from './schemas.ts'

export const order = contract('order', {
  ...personalData,
  createCart: post('/carts', {
    summary: 'A new cart for a guest; the one open cart of a member',
    reply: Cart,
    status: 201,
    access: 'anyone',
  }),
  /** Anyone who knows its id may use it. The buyer's open cart stays as it is. */
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
   * An order that costs nothing needs no payment: it is `processing` at once. Raises `total_changed`,
   * `not_enough_stock`, `sku_not_on_sale` and `cart_empty`; `address_invalid` when the postal code does not fit the
   * country; `cart_full` and `total_too_large` beyond the limits of one order.
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
   * Returns the open payment, if there is one; after a refusal it opens a new one. Holds the stock until the order
   * expires. Refused with `not_enough_stock` when stock is missing: `lines` has the `wanted` and the `available`
   * quantity of each missing SKU. Nothing is held then, and `reduceOrder` continues with the rest. Refused with
   * `return_url_refused` when `returnUrl` is not an address of the shop.
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
   * Each line names a SKU of the order and its new quantity, lower than before; 0 removes it. Prices stay as ordered.
   * Refused with `order_not_reducible`, also when nothing would be left, and once the stock of the order is held,
   * because then nothing is missing.
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
   * Cancels an unpaid order as a whole, at once. Of a paid order it cancels the named parts, or all that are not
   * shipped, and returns money and stock. Refused with `seller_order_not_found` for a part that the order does not
   * have, and with `order_unpaid_in_part` for some of the parts of an unpaid order.
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
   * For a paid order whose money was refunded directly at the provider. `cancel` refunds the rest and restocks the
   * goods; `resume` lets the parts be shipped. Refused with `order_not_held` when no part waits for a decision.
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
