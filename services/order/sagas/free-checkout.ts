import { inventory, Lines } from '@doran/inventory/contract'
import { type Context, type SagaTurn, saga, step, type Transaction } from '@doran/kernel'
import { Id, type Static, Type } from '@doran/kernel/contract'
import { announce, cancelWhole, lockOrder } from '../orders.ts'
import { confirmOrder, GIVE_UP_AFTER_MS } from './checkout.ts'

const FreeCheckoutInput = Type.Object({ orderId: Id, lines: Lines })
type FreeCheckoutInput = Static<typeof FreeCheckoutInput>

/** The checkout of an order that costs nothing: takes its stock, or cancels the order. Its key is the order's id. */
export const freeCheckout = saga('free-checkout', {
  version: 1,
  input: FreeCheckoutInput,
  steps: [
    step('reserve-stock', { act: reserveStock, undo: giveUp, giveUpAfterMs: GIVE_UP_AFTER_MS }),
    step('commit-stock', { act: commitStock, pivot: true }),
    step('confirm-order', { record: confirmFreeOrder }),
  ],
})

async function reserveStock({ orderId, lines }: FreeCheckoutInput, ctx: Context<undefined>) {
  const { state } = await ctx.client(inventory).reserve({ orderId, lines })
  return { state }
}

async function commitStock({ orderId }: FreeCheckoutInput, ctx: Context<undefined>) {
  const { state } = await ctx.client(inventory).commit({ orderId })
  return { state }
}

function confirmFreeOrder({ orderId }: FreeCheckoutInput, tx: Transaction, ctx: Context<undefined>) {
  return confirmOrder({ orderId, paymentId: null }, tx, ctx)
}

async function giveUp({ orderId }: FreeCheckoutInput, ctx: Context<undefined>, { reason }: SagaTurn) {
  await ctx.client(inventory).release({ orderId })
  await ctx.db.transaction(async (tx) => {
    const { status } = await lockOrder(tx, orderId)
    // A repetition after a crash finds the order settled.
    if (status !== 'processing') return
    await cancelWhole(tx, orderId, { code: reason.code, message: reason.message })
    await announce(tx, orderId, ctx)
  })
}
