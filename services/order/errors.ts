import { domainError } from '@doran/kernel'

export const cartNotFound = domainError('cart_not_found', 404, 'There is no such cart; make one with POST /api/carts.')
export const cartClosed = domainError(
  'cart_closed',
  409,
  'This cart was ordered or merged already; make a new one with POST /api/carts.',
)
export const cartEmpty = domainError('cart_empty', 409, 'The cart is empty; put something into it first.')
export const cartFull = domainError(
  'cart_full',
  409,
  'A cart holds {lines} different SKUs and {quantity} of each at most.',
)
export const skuNotOnSale = domainError('sku_not_on_sale', 409, '{sku} is not on sale; take it out of the cart.')
export const notEnoughStock = domainError(
  'not_enough_stock',
  409,
  'There is less in stock than was asked for; see `lines` for how many can be bought.',
)
export const totalChanged = domainError(
  'total_changed',
  409,
  'The cart costs {actual} now, not {expected}; show the buyer the new total and order again.',
)
export const shopClosed = domainError(
  'shop_closed',
  409,
  'A shop that sells a part of the order is closed, so it cannot be paid now; cancel it and order the rest anew.',
)
export const addressInvalid = domainError(
  'address_invalid',
  422,
  'The order cannot be delivered to this address; see `errors`.',
)
export const totalTooLarge = domainError(
  'total_too_large',
  409,
  'The cart costs {actual}, and an order {most} at most; order some of it first.',
)
export const orderNotFound = domainError('order_not_found', 404, 'There is no such order.')
export const sellerOrderNotFound = domainError(
  'seller_order_not_found',
  404,
  'The order has no part {sellerOrderId}; its parts are listed under `sellers`.',
)
export const orderUnpaidInPart = domainError(
  'order_unpaid_in_part',
  409,
  'The order is not paid yet, so only the whole of it can be cancelled: leave `sellerOrderIds` out.',
)
export const orderNotPayable = domainError('order_not_payable', 409, 'The order is {status}, so it cannot be paid.')
export const returnUrlRefused = domainError(
  'return_url_refused',
  422,
  'The payment page does not lead back to {origin}: SHOP_ORIGINS does not name it.',
  { returnUrl: ["must be an address of the shop's own"] },
)
export const paymentNotStarted = domainError(
  'payment_not_started',
  409,
  'No payment of this order is open; start one with POST /api/orders/{orderId}/payment.',
)
export const orderNotCancellable = domainError(
  'order_not_cancellable',
  409,
  'The order, or a part of it that was named, is {status} and cannot be cancelled.',
)
export const orderNotReducible = domainError('order_not_reducible', 409, 'The order cannot be reduced: {reason}.')
export const orderNotHeld = domainError('order_not_held', 409, 'No part of the order waits for a decision.')
export const orderBusy = domainError(
  'order_busy',
  409,
  'The order is being paid at this moment; try again in a few seconds.',
)
