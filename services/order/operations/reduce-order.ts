import { type Handler, publish, sql, type Transaction } from '@doran/kernel'
import { beginFreeCheckout } from '../checkout.ts'
import { type Order, type order, orderReduced } from '../contract.ts'
import { orderNotPayable, orderNotReducible } from '../errors.ts'
import { addHistory, getOrderView, lockOrder, partsForEvent, wasPaymentStarted } from '../orders.ts'

interface Line {
  sku: string
  quantity: number
}

/**
 * The lines of a reservation never change. An order can therefore be reduced only while it certainly has no
 * reservation: no payment of it was started, and none is being started.
 */
export const reduceOrder: Handler<typeof order, 'reduceOrder'> = ({ orderId, lines }, ctx) =>
  ctx.db.transaction(async (tx) => {
    const { status, paymentId } = await lockOrder(tx, orderId, ctx.actor)
    if (status !== 'awaiting_payment') throw orderNotPayable({ status })
    if (paymentId || (await wasPaymentStarted(tx, orderId))) throw orderNotReducible({ reason: 'its stock is held' })
    // The last line of a repeated SKU counts.
    const wanted = [...new Map(lines.map((line) => [line.sku, line])).values()]
    assertReduces(await getOrderView(tx, orderId), wanted)

    await writeLines(tx, orderId, wanted)
    const reduced = await getOrderView(tx, orderId)
    const { id, number, buyerId, currency, total, sellers } = reduced
    await publish(tx, orderReduced, { orderId: id, number, buyerId, currency, total, sellers: partsForEvent(sellers) })
    return total > 0 ? reduced : { ...reduced, status: await beginFreeCheckout(tx, orderId) }
  })

function assertReduces({ sellers }: Order, lines: readonly Line[]): void {
  const left = new Map(sellers.flatMap((part) => part.lines.map(({ sku, quantity }) => [sku, quantity] as const)))
  for (const { sku, quantity } of lines) {
    const before = left.get(sku)
    if (before === undefined) throw orderNotReducible({ reason: `it has no ${sku}`, sku })
    if (quantity >= before)
      throw orderNotReducible({ reason: `it has ${before} of ${sku}, not more than ${quantity}`, sku })
    left.set(sku, quantity)
  }
  if ([...left.values()].every((quantity) => quantity === 0)) {
    throw orderNotReducible({ reason: 'nothing would be left; cancel it instead' })
  }
}

/** Writes the new quantities and updates parts and totals. The caller has locked the order. */
async function writeLines(tx: Transaction, orderId: string, lines: readonly Line[]): Promise<void> {
  const gone = lines.filter(({ quantity }) => quantity === 0).map(({ sku }) => sku)
  const fewer = lines.filter(({ quantity }) => quantity > 0)
  await tx.later(sql`
    delete from "order".order_lines l using "order".seller_orders s
    where s.id = l.seller_order_id and s.order_id = ${orderId} and l.sku = any(${gone}::text[])`)
  await tx.later(sql`
    update "order".order_lines l set quantity = f.quantity
    from "order".seller_orders s,
         unnest(${fewer.map(({ sku }) => sku)}::text[], ${fewer.map(({ quantity }) => quantity)}::int[]) as f (sku, quantity)
    where s.id = l.seller_order_id and s.order_id = ${orderId} and l.sku = f.sku`)
  await tx.later(sql`
    delete from "order".seller_orders s
    where order_id = ${orderId} and not exists (select 1 from "order".order_lines where seller_order_id = s.id)`)
  await tx.later(sql`
    update "order".seller_orders s
    set subtotal = (select sum(price * quantity) from "order".order_lines where seller_order_id = s.id)
    where order_id = ${orderId}`)
  await tx.later(sql`
    update "order".orders set total = (select sum(subtotal) from "order".seller_orders where order_id = ${orderId})
    where id = ${orderId}`)
  await addHistory(tx, orderId, 'reduced', { lines })
}
