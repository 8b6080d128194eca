import { assertInput, audited, type Handler, newId, sql, startSaga, type Transaction } from '@doran/kernel'
import { Remark, Type } from '@doran/kernel/contract'
import type { Order, order, SellerOrder } from '../contract.ts'
import { orderBusy, orderNotCancellable, orderUnpaidInPart, sellerOrderNotFound } from '../errors.ts'
import { addHistory, cancelWhole, getOrderView, lockOrder } from '../orders.ts'
import { cancellation } from '../sagas/cancellation.ts'
import { freeCancellation } from '../sagas/free-cancellation.ts'
import { releaseUnpaid } from '../sagas/release-stock.ts'

export const cancelOrder: Handler<typeof order, 'cancelOrder'> = async ({ orderId, sellerOrderIds, reason }, ctx) => {
  assertInput(Reason, { reason })
  return ctx.db.transaction(async (tx) => {
    await lockOrder(tx, orderId, ctx.actor)
    const view = await getOrderView(tx, orderId)
    assertParts(view, sellerOrderIds)
    const parts = sellerOrderIds ?? 'all that can be'
    audited(ctx, { target: { buyerId: view.buyerId }, before: { status: view.status }, after: { cancelled: parts } })
    if (view.status === 'processing') throw orderBusy()
    if (view.status === 'awaiting_payment') await cancelUnpaid(tx, view, sellerOrderIds, reason)
    else await cancelPaid(tx, view, chooseParts(view, sellerOrderIds), reason)
    return getOrderView(tx, orderId)
  })
}

const Reason = Type.Object({ reason: Remark(200) })

/** Unknown parts are refused in every state of the order. */
function assertParts({ sellers }: Order, ids: readonly string[] = []): void {
  const sellerOrderId = ids.find((id) => !sellers.some((part) => part.id === id))
  if (sellerOrderId) throw sellerOrderNotFound({ sellerOrderId })
}

async function cancelUnpaid(
  tx: Transaction,
  order: Order,
  ids: readonly string[] | undefined,
  reason: string,
): Promise<void> {
  if (ids && ids.length < order.sellers.length) throw orderUnpaidInPart()
  await cancelWhole(tx, order.id, { reason })
  await releaseUnpaid(tx, order, 'The order was cancelled.')
}

function chooseParts({ sellers, status }: Order, ids: readonly string[] | undefined): SellerOrder[] {
  const chosen = sellers.filter(({ id }) => !ids || ids.includes(id))
  const parts = ids ? chosen : chosen.filter(({ status }) => status === 'preparing')
  const fixed = parts.find(({ status }) => status !== 'preparing')
  if (parts.some(({ held }) => held)) throw orderNotCancellable({ status: 'held' })
  if (fixed || parts.length === 0) throw orderNotCancellable({ status: fixed?.status ?? chosen[0]?.status ?? status })
  return parts
}

async function cancelPaid(
  tx: Transaction,
  { id, paymentId }: Order,
  parts: SellerOrder[],
  reason: string,
): Promise<void> {
  const cancellationId = newId()
  const sellerOrderIds = parts.map(({ id }) => id)
  await tx.run(sql`
    update "order".seller_orders set status = 'cancelling' where id = any(${sellerOrderIds}::uuid[])`)
  await addHistory(tx, id, 'cancel_requested', { sellerOrderIds, reason })
  const amount = parts.reduce((sum, { subtotal }) => sum + subtotal, 0)
  const lines = parts.flatMap(({ lines }) => lines.map(({ sku, quantity }) => ({ sku, quantity })))
  const input = { orderId: id, cancellationId, sellerOrderIds, lines, reason }
  if (amount === 0) await startSaga(tx, freeCancellation, cancellationId, input)
  else await startSaga(tx, cancellation, cancellationId, { ...input, amount, paymentId: paymentId as string })
}
