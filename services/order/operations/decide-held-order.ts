import { assertInput, audited, type Handler, newId, sql, startSaga, type Transaction } from '@doran/kernel'
import { Remark, Type } from '@doran/kernel/contract'
import type { Order, order } from '../contract.ts'
import { getHeld, resumeParts } from '../held-parts.ts'
import { addHistory, getOrderView, lockOrder } from '../orders.ts'
import { heldCancellation } from '../sagas/held-cancellation.ts'

const Reason = Type.Object({ reason: Remark(200) })

export const decideHeldOrder: Handler<typeof order, 'decideHeldOrder'> = ({ orderId, decision, reason }, ctx) => {
  assertInput(Reason, { reason })
  return ctx.db.transaction(async (tx) => {
    await lockOrder(tx, orderId)
    const view = await getOrderView(tx, orderId)
    audited(ctx, {
      target: { buyerId: view.buyerId },
      before: { held: getHeld(view).map(({ id }) => id) },
      after: { decision },
    })
    if (decision === 'resume') await resumeParts(tx, view, reason)
    else await cancelHeld(tx, view, reason)
    return getOrderView(tx, orderId)
  })
}

/** Cancels the held parts and refunds only the amount that was not refunded outside Doran. */
async function cancelHeld(tx: Transaction, view: Order, reason: string): Promise<void> {
  const parts = getHeld(view)
  const cancellationId = newId()
  const sellerOrderIds = parts.map(({ id }) => id)
  const amount = parts.reduce((sum, { subtotal }) => sum + subtotal, 0)
  const returned = await useReturned(tx, view.id, amount)
  await tx.later(sql`
    update "order".seller_orders set status = 'cancelling', held_at = null where id = any(${sellerOrderIds}::uuid[])`)
  await addHistory(tx, view.id, 'cancel_requested', { sellerOrderIds, reason })
  await startSaga(tx, heldCancellation, cancellationId, {
    orderId: view.id,
    paymentId: view.paymentId as string,
    cancellationId,
    sellerOrderIds,
    amount,
    missing: amount - returned,
    lines: parts.flatMap(({ lines }) => lines.map(({ sku, quantity }) => ({ sku, quantity }))),
    reason,
  })
}

/** Uses up to `amount` of the money that was refunded outside Doran. Returns how much it used. */
async function useReturned(tx: Transaction, orderId: string, amount: number): Promise<number> {
  const { used } = await tx.one<{ used: number }>(sql`
    update "order".orders o set returned = o.returned - least(o.returned, ${amount}::bigint)
    from (select returned from "order".orders where id = ${orderId}) as before
    where o.id = ${orderId} returning least(before.returned, ${amount}::bigint) as used`)
  return used
}
