import { domainError } from '@doran/kernel'

export const skuUnknown = domainError('sku_unknown', 404, 'The inventory does not know {sku}.')
export const skuNotYours = domainError('sku_not_yours', 403, '{sku} belongs to another seller.')
export const stockTooLow = domainError(
  'stock_too_low',
  409,
  'On hand cannot fall below the {reserved} of {sku} that are reserved for orders; {available} can be taken away.',
)
export const outOfStock = domainError(
  'out_of_stock',
  409,
  'There is less in stock than was asked for; see `lines` for how many are available.',
)
export const quantityTooLarge = domainError(
  'quantity_too_large',
  422,
  'The lines ask for {quantity} of {sku} together; an order may reserve 9,999 at most.',
)
export const reservationUnknown = domainError(
  'reservation_unknown',
  404,
  'No stock was reserved for the order {orderId}.',
)
export const reservationReleased = domainError(
  'reservation_released',
  409,
  'The reservation of the order {orderId} was released; that is final.',
)
export const reservationMismatch = domainError(
  'reservation_mismatch',
  409,
  'The order {orderId} has a reservation with other lines; release it and reserve for a new order.',
)
