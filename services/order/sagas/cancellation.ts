import { inventory, Lines } from '@doran/inventory/contract'
import {
  Amount,
  type Context,
  Id,
  publish,
  type SagaFailure,
  type Static,
  saga,
  sql,
  step,
  type Transaction,
  Type,
} from '@doran/kernel'
import { payment } from '@doran/payment/contract'
import { orderCancelled } from '../contract.ts'
import { addHistory, getOrderView, partsForEvent } from '../orders.ts'

const CancellationInput = Type.Object({
  orderId: Id,
  paymentId: Id,
  /** Also the id of the refund and the reference of the restock. */
  cancellationId: Id,
  sellerOrderIds: Type.Array(Id),
  amount: Amount,
  lines: Lines,
  reason: Type.String(),
})
type CancellationInput = Static<typeof CancellationInput>

/** Parts of a paid order are called off: the money goes back first, then the goods return to stock. */
export const cancellation = saga('cancellation', {
  version: 1,
  input: CancellationInput,
  steps: [
    step('refund-payment', { act: refundPayment, undo: resumeOrder }),
    step('restock', { act: restock }),
    step('cancel-parts', { record: cancelParts }),
  ],
})

async function refundPayment(input: CancellationInput, ctx: Context<undefined>) {
  const { paymentId, cancellationId, amount, reason } = input
  const refund = await ctx.client(payment).refund({ paymentId, refundId: cancellationId, amount, reason })
  return { refundId: refund.id }
}

/** The goods are on the shelf again. */
export async function restock(
  { cancellationId, lines }: Pick<CancellationInput, 'cancellationId' | 'lines'>,
  ctx: Context<undefined>,
) {
  await ctx.client(inventory).restock({ reference: `cancellation:${cancellationId}`, lines })
}

/** The parts are cancelled, and `amount` was given back for them. */
export async function cancelParts(input: Omit<CancellationInput, 'paymentId' | 'lines'>, tx: Transaction) {
  const { orderId, sellerOrderIds, amount, reason } = input
  await tx.later(sql`
    update "order".seller_orders set status = 'cancelled' where id = any(${sellerOrderIds}::uuid[])`)
  await tx.later(sql`
    update "order".orders o set
      refunded = refunded + ${amount},
      status = case when exists (select 1 from "order".seller_orders s where s.order_id = o.id and s.status <> 'cancelled')
                    then status else 'cancelled' end
    where id = ${orderId}`)
  await addHistory(tx, orderId, 'cancelled', { sellerOrderIds, refunded: amount, reason })
  const { number, buyerId, total, currency, sellers } = await getOrderView(tx, orderId)
  const parts = partsForEvent(sellers.filter(({ id }) => sellerOrderIds.includes(id)))
  await publish(tx, orderCancelled, {
    orderId,
    number,
    buyerId,
    total,
    currency,
    refunded: amount,
    reason,
    sellers: parts,
  })
}

/** The provider refused to give the money back: the parts go on as if they had not been called off. */
async function resumeOrder(input: CancellationInput, ctx: Context<undefined>, { code, message }: SagaFailure) {
  const { orderId, sellerOrderIds } = input
  await ctx.db.transaction(async (tx) => {
    const resumed = await tx.run(sql`
      update "order".seller_orders set status = 'preparing'
      where id = any(${sellerOrderIds}::uuid[]) and status = 'cancelling'`)
    if (resumed > 0) await addHistory(tx, orderId, 'cancel_failed', { sellerOrderIds, code, message })
  })
}
