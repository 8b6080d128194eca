import { type Handler, type Queryable, sql } from '@doran/kernel'
import { crashPoint } from '@doran/kernel/faults'
import type { PaymentConfig } from '../config.ts'
import type { payment } from '../contract.ts'
import { paymentNotFound } from '../errors.ts'
import { follow, providerNamed } from '../payments.ts'

/** Characters of a webhook that are logged. */
const LOGGED = 200

export const receiveWebhook: Handler<typeof payment, 'receiveWebhook', PaymentConfig> = async (input, ctx) => {
  const { provider, body, 'x-signature': signature } = input
  const snapshot = providerNamed(provider, ctx).readWebhook(body, signature)
  if (!snapshot) {
    ctx.log.info({ provider, webhook: body.slice(0, LOGGED) }, 'a webhook of a kind that is not followed was taken in')
    return
  }
  const payment = await findBySession(ctx.db, provider, snapshot.sessionId)
  if (!payment) {
    // Our own row may not know its session yet: the provider sends it again.
    ctx.log.warn({ provider, session: snapshot.sessionId }, 'a webhook tells of a payment that is not known')
    throw paymentNotFound()
  }
  // Mostly the answer to what we had asked for was here first.
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
