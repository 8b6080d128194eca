import { audited, type Handler } from '@doran/kernel'
import type { payment } from '../contract.ts'
import { paymentNotFound } from '../errors.ts'
import { getPaymentRow, present } from '../payments.ts'

export const getPayment: Handler<typeof payment, 'getPayment'> = async ({ paymentId }, ctx) => {
  const found = await getPaymentRow(ctx.db, paymentId)
  if (found.buyerId !== ctx.actor.id && !ctx.actor.roles.includes('admin')) throw paymentNotFound()
  if (found.buyerId !== ctx.actor.id) audited(ctx, { target: { buyerId: found.buyerId } })
  return present(found)
}
