import { audited, type Handler, newId, sql, startSaga, type Transaction } from '@doran/kernel'
import type { Order, order, SellerOrder } from '../contract.ts'
import { orderBusy, orderNotCancellable, orderNotFound } from '../errors.ts'
import { addHistory, cancelWhole, getOrderView, lockOrder } from '../orders.ts'
import { cancellation } from '../sagas/cancellation.ts'
import { closePayment } from '../sagas/close-payment.ts'

export const cancelOrder: Handler<typeof order, 'cancelOrder'> = async ({ orderId, sellerOrderIds, reason }, ctx) => {
  return ctx.db.transaction(async (tx) => {
    await lockOrder(tx, orderId, ctx.actor)
    const view = await getOrderView(tx, orderId)
    const parts = sellerOrderIds ?? 'all that can be'
    audited(ctx, { target: { buyerId: view.buyerId }, before: { status: view.status }, after: { cancelled: parts } })
    if (view.status === 'processing') throw orderBusy()
    if (view.status === 'awaiting_payment') await cancelUnpaid(tx, view, reason)
    else await callOff(tx, view, chooseParts(view, sellerOrderIds), reason)
    return getOrderView(tx, orderId)
  })
}

async function cancelUnpaid(tx: Transaction, { id, paymentId }: Order, reason: string): Promise<void> {
  await cancelWhole(tx, id, { reason })
  if (paymentId) await closePayment(tx, paymentId, 'The order was cancelled.')
}

function chooseParts({ sellers, status }: Order, ids: readonly string[] | undefined): SellerOrder[] {
  if (ids?.some((id) => !sellers.some((part) => part.id === id))) throw orderNotFound()
  const chosen = sellers.filter(({ id }) => !ids || ids.includes(id))
  const parts = ids ? chosen : chosen.filter(({ status }) => status === 'preparing')
  const fixed = parts.find(({ status }) => status !== 'preparing')
  if (fixed || parts.length === 0) throw orderNotCancellable({ status: fixed?.status ?? chosen[0]?.status ?? status })
  return parts
}

async function callOff(tx: Transaction, { id, paymentId }: Order, parts: SellerOrder[], reason: string): Promise<void> {
  const cancellationId = newId()
  const sellerOrderIds = parts.map(({ id }) => id)
  await tx.run(sql`
    update "order".seller_orders set status = 'cancelling' where id = any(${sellerOrderIds}::uuid[])`)
  await addHistory(tx, id, 'cancel_requested', { sellerOrderIds, reason })
  await startSaga(tx, cancellation, cancellationId, {
    orderId: id,
    paymentId: paymentId as string,
    cancellationId,
    sellerOrderIds,
    amount: parts.reduce((sum, { subtotal }) => sum + subtotal, 0),
    lines: parts.flatMap(({ lines }) => lines.map(({ sku, quantity }) => ({ sku, quantity }))),
    reason,
  })
}
