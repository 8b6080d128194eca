import { on } from '@doran/kernel'
import { orderPaid } from '@doran/order/contract'
import { noteSales } from '../sales.ts'

/** Twice is harmless: an event enters the inbox once, and the notes and the end of its delivery are one transaction. */
export const onOrderPaid = on(orderPaid, ({ sellers }, ctx) =>
  noteSales(
    ctx.db,
    sellers.flatMap(({ lines }) => lines.map(({ productId, quantity }) => ({ productId, units: quantity }))),
  ),
)
