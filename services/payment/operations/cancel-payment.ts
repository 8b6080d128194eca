import { type Handler, sql } from '@doran/kernel'
import type { PaymentConfig } from '../config.ts'
import type { payment } from '../contract.ts'
import { providerUnavailable } from '../errors.ts'
import { getPaymentRow, type PaymentContext, type PaymentRow, present } from '../payments.ts'
import { perform } from '../provider-operations.ts'
import { refresh } from '../refresh.ts'

/** A capture that is on its way may overtake the void once; after that nothing new can begin. */
const ROUNDS = 3

/**
 * First nothing new may be begun, then the provider is asked how things stand, and what is held or taken goes back.
 * A void also closes a page that nobody has used, and an authorisation that arrives after it is refused there.
 */
export const cancelPayment: Handler<typeof payment, 'cancelPayment', PaymentConfig> = async (input, ctx) => {
  const { paymentId, reason } = input
  const given = await ctx.db.run(sql`update payment.payments set cancelled = true where id = ${paymentId}`)
  if (given === 0) return present(await getPaymentRow(ctx.db, paymentId))
  for (let round = 0; round < ROUNDS; round++) {
    const current = await refresh(ctx, paymentId)
    if (isOver(current)) return present(current)
    await giveBack(current, reason, ctx)
  }
  const last = await refresh(ctx, paymentId)
  if (!isOver(last)) throw providerUnavailable()
  return present(last)
}

function isOver({ status, sessionId }: PaymentRow): boolean {
  return !sessionId || status === 'voided' || status === 'refunded' || status === 'failed'
}

async function giveBack({ id, captured }: PaymentRow, reason: string, ctx: PaymentContext): Promise<void> {
  if (captured === 0) {
    await perform(ctx, { paymentId: id, kind: 'void', key: `${id}:void`, reason, admit: ({ amount }) => amount })
    return
  }
  await perform(ctx, {
    paymentId: id,
    kind: 'refund',
    key: `${id}:cancel`,
    reason,
    admit: ({ captured, refunded }) => captured - refunded,
  })
}
