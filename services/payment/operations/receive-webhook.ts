import { type Handler, type Queryable, sql } from '@doran/kernel'
import { crashPoint } from '@doran/kernel/faults'
import type { PaymentConfig } from '../config.ts'
import type { payment } from '../contract.ts'
import { paymentNotFound } from '../errors.ts'
import { follow, providerNamed } from '../payments.ts'

const MAX_LOGGED_CHARACTERS = 200

export const receiveWebhook: Handler<typeof payment, 'receiveWebhook', PaymentConfig> = async (input, ctx) => {
  const { provider, body, 'x-signature': signature } = input
  const snapshot = providerNamed(provider, ctx).readWebhook(body, signature)
  if (!snapshot) {
    ctx.log.info({ provider, webhook: body.slice(0, MAX_LOGGED_CHARACTERS) }, 'ignored a webhook of an unknown kind')
    return
  }
  const payment = await findBySession(ctx.db, provider, snapshot.sessionId)
  if (!payment) {
    // Our row may not have its session yet. The provider sends the webhook again.
    ctx.log.warn({ provider, session: snapshot.sessionId }, 'a webhook belongs to no known payment')
    throw paymentNotFound()
  }
  // Usually the answer to our own request has already brought this state.
  if (snapshot.sequence <= payment.sequence) return
  await ctx.db.transaction(async (tx) => {
    await follow(tx, payment.id, snapshot)
    crashPoint('payment.before-webhook-commit')
  })
  crashPoint('payment.after-webhook-commit')
}

function findBySession(db: Queryable, provider: string, sessionId: string) {
  return db.first<{ id: string; sequence: number }>(sql`
    select id, sequence from payment.payments where provider = ${provider} and session_id = ${sessionId}`)
}
