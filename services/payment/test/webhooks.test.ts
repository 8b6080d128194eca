import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { newId, sql } from '@doran/kernel'
import { payment, paymentApproved, paymentCaptured } from '@doran/payment/contract'
import { sign } from '../signature.ts'
import { CARD, openTill, SECRET, type Till } from './till.ts'

/** Replaces the current secret while everything runs. */
const NEXT_SECRET = 'the next secret of the payment tests'

describe('webhooks', () => {
  let till: Till
  before(async () => {
    till = await openTill({ PAYMENT_SANDBOX_SECRET: `${SECRET}, ${NEXT_SECRET}` })
  })
  afterEach(() => till.clearFaults())
  after(() => till.close())

  const stored = (id: string) =>
    till.platform.database('payment').one<{ status: string; sequence: number; sessionId: string }>(sql`
      select status, sequence, session_id as "sessionId" from payment.payments where id = ${id}`)
  const send = (body: object, { provider = 'sandbox', secret = SECRET, at = Math.floor(Date.now() / 1000) } = {}) => {
    const text = JSON.stringify(body)
    return till.platform.request('POST', `/api/payments/webhooks/${provider}`, {
      body: text,
      headers: { 'content-type': 'application/json', 'x-signature': sign(text, secret, at) },
    })
  }
  const snapshot = (sessionId: string, status: string, sequence: number) => ({
    id: newId(),
    snapshot: { sessionId, status, captured: 0, refunded: 0, sequence, failure: null },
  })

  /** How many webhooks have been accepted so far. */
  const received = async () => {
    const { body } = await till.platform.request('GET', '/metrics')
    return Number(/_count\{service="payment",operation="receiveWebhook",status="2xx"\} (\d+)/.exec(body)?.[1] ?? 0)
  }

  it('bring the buyer’s approval without a look-up', async () => {
    const { id } = await till.open(CARD.approved)
    await until(async () => (await stored(id)).status === 'approved')

    assert.equal((await till.platform.events(paymentApproved)).filter(({ paymentId }) => paymentId === id).length, 1)
  })

  it('change nothing when they arrive three times each, late and in reverse order', async () => {
    await till.setFaults({ webhooks: { duplicate: 2, reorder: true, delayMs: 150 } })
    const count = await received()
    const id = await till.captured()
    const before = await stored(id)
    // Three changes, each sent three times.
    await until(async () => (await received()) >= count + 9)

    assert.deepEqual(await stored(id), before)
    for (const event of [paymentApproved, paymentCaptured]) {
      assert.equal((await till.platform.events(event)).filter(({ paymentId }) => paymentId === id).length, 1)
    }
  })

  it('change nothing when they are older than the stored state, and update it when they are newer', async () => {
    const { id } = await till.open(CARD.approved)
    await until(async () => (await stored(id)).status === 'approved')
    const { sessionId, sequence } = await stored(id)

    assert.equal((await send(snapshot(sessionId, 'pending', 0))).status, 204)
    assert.equal((await stored(id)).status, 'approved')
    assert.equal((await send(snapshot(sessionId, 'authorised', sequence + 1))).status, 204)
    assert.equal((await stored(id)).status, 'authorised')
  })

  it('signed with the next secret are accepted, too, while the secret is being replaced', async () => {
    const { status, body } = await send(snapshot(newId(), 'captured', 9), { secret: NEXT_SECRET })

    assert.deepEqual([status, body.code], [404, 'payment_not_found'])
  })

  it('of an unknown kind are accepted and change nothing', async () => {
    const { id } = await till.open(CARD.approved)
    await until(async () => (await stored(id)).status === 'approved')
    const before = await stored(id)

    const { status } = await send({ id: newId(), type: 'dispute.opened', sessionId: before.sessionId, reason: 'fraud' })

    assert.deepEqual([status, await stored(id)], [204, before])
  })

  for (const text of [
    '{}',
    'null',
    '',
    'hello',
    '[]',
    '{"type":"session.approved"}',
    '{"type":"session.approved","snapshot":{"sessionId":"x","status":"rich","captured":0,"refunded":0,"sequence":1,"failure":null}}',
    '{"snapshot":{"sessionId":"x","status":"captured","captured":-5,"refunded":0,"sequence":1,"failure":null}}',
  ]) {
    it(`with a valid signature and the body ${text.slice(0, 60) || '(empty)'} are refused as unreadable`, async () => {
      const { status, body } = await till.platform.request('POST', '/api/payments/webhooks/sandbox', {
        body: text,
        headers: { 'content-type': 'application/json', 'x-signature': sign(text, SECRET) },
      })

      assert.deepEqual([status, body.code], [422, 'webhook_unreadable'])
    })
  }

  it('signed with another secret are refused', async () => {
    const { status, body } = await send(snapshot('x', 'captured', 9), { secret: 'another secret, longer than it' })

    assert.deepEqual([status, body.code], [401, 'webhook_signature_invalid'])
  })

  it('with a changed body or without a signature are refused', async () => {
    const request = (headers: Record<string, string>) =>
      till.platform.request('POST', '/api/payments/webhooks/sandbox', {
        body: '{"id":"2"}',
        headers: { 'content-type': 'application/json', ...headers },
      })

    assert.equal((await request({ 'x-signature': sign('{"id":"1"}', SECRET) })).status, 401)
    assert.equal((await request({ 'x-signature': 'v1=nonsense' })).status, 401)
    const none = await request({})
    assert.deepEqual([none.status, none.body.errors], [422, { 'x-signature': ['is missing'] }])
  })

  it('signed more than five minutes ago are refused as stale', async () => {
    const { status, body } = await send(snapshot('x', 'captured', 9), { at: Math.floor(Date.now() / 1000) - 301 })

    assert.deepEqual([status, body.code], [400, 'webhook_stale'])
  })

  it('of an unknown provider or an unknown payment are answered 404, so that the provider tries again', async () => {
    assert.equal((await send({}, { provider: 'nobody' })).body.code, 'webhook_provider_unknown')
    assert.equal((await send({}, { provider: 'constructor' })).body.code, 'webhook_provider_unknown')
    assert.equal((await send(snapshot(newId(), 'captured', 9))).body.code, 'payment_not_found')
  })

  it('may get lost: the reconciliation catches up and reports nothing when the amounts agree', async () => {
    await till.setFaults({ webhooks: { drop: true } })
    const { id } = await till.open(CARD.approved)
    assert.equal((await stored(id)).status, 'pending')

    await till.reconcile()

    assert.equal((await stored(id)).status, 'approved')
    const admin = await till.platform.user(['admin'])
    assert.deepEqual((await till.platform.api(payment, admin).listDiscrepancies({})).items, [])
  })

  it('may get lost together with the answer: the reconciliation settles the operation', async () => {
    await till.setFaults({ webhooks: { drop: true } })
    const { id, orderId } = await till.open(CARD.losesAuthorise)
    await till
      .service()
      .authorise({ paymentId: id })
      .catch(() => {})

    await till.reconcile()

    const { state } = await till.platform.database('payment').one<{ state: string }>(sql`
      select state from payment.operations where payment_id = ${id} and kind = 'authorise'`)
    assert.deepEqual([state, (await stored(id)).status], ['succeeded', 'authorised'])
    assert.deepEqual((await till.ledger(orderId)).length, 1)
  })

  it('do not hide a refund that Doran has not requested: the reconciliation reports it', async () => {
    const id = await till.captured()
    const { sessionId } = await stored(id)
    await till.ask(`/v1/sessions/${sessionId}/operations`, 'POST', {
      kind: 'refund',
      key: `by-hand-${id}`,
      amount: 100,
    })
    await until(async () => (await stored(id)).status === 'partially_refunded')

    await till.reconcile()

    const admin = await till.platform.user(['admin'])
    const { items } = await till.platform.api(payment, admin).listDiscrepancies({})
    assert.deepEqual(
      items.map(({ paymentId, what }) => [paymentId, what]),
      [[id, 'amounts_differ']],
    )
  })
})

async function until(ask: () => Promise<boolean>): Promise<void> {
  while (!(await ask())) await new Promise((wake) => setTimeout(wake, 10))
}
