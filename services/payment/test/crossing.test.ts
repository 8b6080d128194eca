import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { newId, sql } from '@doran/kernel'
import { runJob } from '@doran/kernel/testing'
import { payment, paymentRefunded } from '@doran/payment/contract'
import { AMOUNT, CARD, openTill, retryWhileUnknown, type Till } from './till.ts'

/** Races: refunds with each other and with a cancellation, answers with webhooks. */
describe('a payment with concurrent changes', () => {
  let till: Till
  before(async () => {
    till = await openTill({ PAYMENT_PROVIDER_TIMEOUT_MS: '1500' })
  })
  afterEach(() => till.clearFaults())
  after(() => till.close())

  const database = () => till.platform.database('payment')
  const stored = (id: string) =>
    database().one<{ sessionId: string; status: string; refunded: number }>(sql`
      select session_id as "sessionId", status, refunded from payment.payments where id = ${id}`)
  const publishedRefunds = async (paymentId: string) =>
    (await till.platform.events(paymentRefunded))
      .filter((data) => data.paymentId === paymentId)
      .map(({ refundId, amount }) => [refundId, amount])
      .sort()
  const discrepancies = async (id: string) => {
    const admin = await till.platform.user(['admin'])
    const { items } = await till.platform.api(payment, admin).listDiscrepancies({ limit: 100 })
    return items.filter(({ paymentId }) => paymentId === id).map(({ what }) => what)
  }
  const orderOf = async (paymentId: string) => (await till.service().refreshPayment({ paymentId })).orderId

  it('refuses a repeated authorisation after its cancellation', async () => {
    const { id: paymentId } = await till.open(CARD.approved)
    await till.service().authorise({ paymentId })
    await till.service().cancelPayment({ paymentId, reason: '' })

    await assert.rejects(till.service().authorise({ paymentId }), { code: 'payment_cancelled' })
    await assert.rejects(till.service().capture({ paymentId }), { code: 'payment_cancelled' })
  })

  it('refuses a repeated capture after its cancellation', async () => {
    const paymentId = await till.captured()
    await till.service().cancelPayment({ paymentId, reason: '' })

    await assert.rejects(till.service().capture({ paymentId }), { code: 'payment_cancelled' })
    await assert.rejects(till.service().refund({ paymentId, refundId: newId(), amount: 1, reason: '' }), {
      code: 'refund_too_large',
    })
  })

  it('is refunded in full when another refund arrives between the cancellation and the refund of the rest', async () => {
    const paymentId = await till.captured()
    const orderId = await orderOf(paymentId)
    // The cancellation stopped after it calculated the rest; the other refund was requested before it.
    await till.setFaults({ api: { failRate: 1 } })
    await assert.rejects(till.service().cancelPayment({ paymentId, reason: '' }), { code: 'provider_unavailable' })
    await database().run(sql`
      insert into payment.operations (key, payment_id, kind, amount)
      values (${`${paymentId}:cancel:0`}, ${paymentId}, 'refund', ${AMOUNT})`)
    await till.clearFaults()
    const { sessionId } = await stored(paymentId)
    await till.ask(`/v1/sessions/${sessionId}/operations`, 'POST', { kind: 'refund', key: newId(), amount: 900 })

    const { status } = await till.service().cancelPayment({ paymentId, reason: '' })

    assert.equal(status, 'refunded')
    assert.deepEqual((await till.ledger(orderId)).slice(2), ['refund 900', `refund ${AMOUNT - 900}`])
  })

  it('publishes concurrent refunds each with its own amount', async () => {
    const paymentId = await till.captured()
    const refunds = [1_000, 2_000, 3_000, 4_000].map((amount) => ({ paymentId, refundId: newId(), amount, reason: '' }))

    await Promise.all(refunds.map((refund) => till.service().refund(refund)))

    assert.deepEqual(
      await publishedRefunds(paymentId),
      refunds.map(({ refundId, amount }) => [refundId, amount]).sort(),
    )
  })

  it('publishes a refund under its id even when the webhook arrives before the answer', async () => {
    const paymentId = await till.captured(CARD.losesRefund)
    const refund = { paymentId, refundId: newId(), amount: 900, reason: '' }
    await assert.rejects(till.service().refund(refund), { code: 'provider_unavailable' })
    await until(async () => (await stored(paymentId)).refunded === 900)

    await retryWhileUnknown(() => till.service().refund(refund))

    assert.deepEqual(await publishedRefunds(paymentId), [[refund.refundId, 900]])
  })

  it('refuses a refund id that belongs to another amount or another payment', async () => {
    const [one, other] = [await till.captured(), await till.captured()]
    const refund = { paymentId: one, refundId: newId(), amount: 900, reason: '' }
    await till.service().refund(refund)

    for (const different of [
      { ...refund, amount: 901 },
      { ...refund, paymentId: other },
    ]) {
      await assert.rejects(till.service().refund(different), { code: 'refund_mismatch' })
    }
    assert.equal((await till.service().refund(refund)).amount, 900)
  })

  it('is not reported while the outcome of its capture is unknown', async () => {
    await till.setFaults({ webhooks: { drop: true } })
    const { id: paymentId } = await till.open(CARD.losesCapture)
    await till.service().authorise({ paymentId })
    await assert.rejects(till.service().capture({ paymentId }), { code: 'provider_unavailable' })
    await database().run(sql`update payment.payments set updated_at = updated_at - interval '5 minutes'`)

    await runJob(till.platform, 'payment/job:reconcile')

    assert.deepEqual(await discrepancies(paymentId), [])
  })

  it('is reported when the provider does not know its session, and does not block the look-up of others', async () => {
    await till.setFaults({ webhooks: { drop: true } })
    const lost = Array.from({ length: 250 }, () => newId())
    await database().run(sql`
      insert into payment.payments (id, order_id, buyer_id, provider, session_id, amount, currency, title, return_url,
                                    updated_at)
      select id, id, id, 'sandbox', id::text, 500, 'KRW', 'x', 'https://shop.example/', now() - interval '1 hour'
      from unnest(${lost}::uuid[]) id`)
    const { id } = await till.open(CARD.approved)

    await till.reconcile()

    assert.equal((await stored(id)).status, 'approved')
    const reported = await database().all<{ what: string; count: number }>(sql`
      select what, count(*) from payment.discrepancies where payment_id = any(${lost}::uuid[]) group by what`)
    assert.deepEqual(reported, [{ what: 'session_unknown', count: lost.length }])
    await database().run(sql`delete from payment.discrepancies where payment_id = any(${lost}::uuid[])`)
    await database().run(sql`delete from payment.payments where id = any(${lost}::uuid[])`)
  })

  it('publishes each refund made directly with the provider once, without a refund id', async () => {
    const paymentId = await till.captured()
    const { sessionId } = await stored(paymentId)
    for (const amount of [100, 250]) {
      await till.ask(`/v1/sessions/${sessionId}/operations`, 'POST', { kind: 'refund', key: newId(), amount })
      await till.reconcile()
      await till.reconcile()
    }

    assert.deepEqual(await publishedRefunds(paymentId), [
      [null, 100],
      [null, 250],
    ])
    assert.deepEqual(await discrepancies(paymentId), ['amounts_differ'])
  })
})

async function until(ask: () => Promise<boolean>): Promise<void> {
  while (!(await ask())) await new Promise((wake) => setTimeout(wake, 10))
}
