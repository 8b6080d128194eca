import { on } from '@doran/kernel'
import { orderCancelled } from '@doran/order/contract'
import { noteSales } from '../sales.ts'

/** Takes back the units of the parts that were cancelled. Twice is harmless for the same reason as `onOrderPaid`. */
export const onOrderCancelled = on(orderCancelled, ({ sellers }, ctx) =>
  noteSales(
    ctx.db,
    sellers.flatMap(({ lines }) => lines.map(({ productId, quantity }) => ({ productId, units: -quantity }))),
  ),
)
