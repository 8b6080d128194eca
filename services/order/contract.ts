/** The contract of carts and orders, for other services and the web application. */
export { orderCancelled, orderHeld, orderPaid, orderPlaced, orderReduced, orderResumed } from './contract/events.ts'
export { order } from './contract/operations.ts'
export {
  Address,
  Cart,
  CartLine,
  ClosedShopOrder,
  LeftOut,
  Order,
  OrderFailure,
  OrderLine,
  OrderStatus,
  OrderSummary,
  SellerOrder,
  SellerOrderStatus,
  SellerOrderView,
  TimelineEntry,
} from './contract/schemas.ts'
