import { on } from '@doran/kernel'
import { orderCancelled } from '@doran/order/contract'
import { recordSales } from '../sales.ts'

/** Subtracts the units of cancelled parts. Running it twice is harmless for the same reason as in `onOrderPaid`. */
export const onOrderCancelled = on(orderCancelled, ({ sellers }, ctx) =>
  recordSales(
    ctx.db,
    sellers.flatMap(({ lines }) => lines.map(({ productId, quantity }) => ({ productId, units: -quantity }))),
  ),
)
