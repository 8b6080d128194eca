import { on } from '@doran/kernel'
import { orderPaid } from '@doran/order/contract'
import { recordSales } from '../sales.ts'

/**
 * Running it twice is harmless: the inbox accepts an event once, and one transaction records the sales and completes
 * the delivery.
 */
export const onOrderPaid = on(orderPaid, ({ sellers }, ctx) =>
  recordSales(
    ctx.db,
    sellers.flatMap(({ lines }) => lines.map(({ productId, quantity }) => ({ productId, units: quantity }))),
  ),
)
