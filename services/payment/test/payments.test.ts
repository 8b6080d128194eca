import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { newId, sql } from '@doran/kernel'
import { payment, paymentApproved, paymentCaptured, paymentFailed, paymentRefunded } from '@doran/payment/contract'
import { payByCard } from '@doran/payment-sandbox'
import fc from 'fast-check'
import { AMOUNT, CARD, newPayment, openTill, retryWhileUnknown, type Till } from './till.ts'

describe('a payment', () => {
  let till: Till
  before(async () => {
    till = await openTill({ PAYMENT_PROVIDER_TIMEOUT_MS: '1500' })
  })
  afterEach(() => till.clearFaults())
  after(() => till.close())

  const statusOf = async (paymentId: string) => (await till.service().refreshPayment({ paymentId })).status
  const publishedCount = async (event: Parameters<Till['platform']['events']>[0], paymentId: string) =>
    (await till.platform.events(event)).filter((data) => (data as { paymentId: string }).paymentId === paymentId).length

  it('is opened, approved, authorised and captured, and publishes its events once', async () => {
    const { id, orderId } = await till.open()
    assert.equal(await statusOf(id), 'pending')
    await payByCard((await till.service().refreshPayment({ paymentId: id })).paymentUrl, CARD.approved)
    assert.equal(await statusOf(id), 'approved')

    assert.equal((await till.service().authorise({ paymentId: id })).status, 'authorised')
    assert.equal((await till.service().capture({ paymentId: id })).status, 'captured')

    assert.deepEqual(await till.ledger(orderId), [`authorise ${AMOUNT}`, `capture ${AMOUNT}`])
    assert.deepEqual([await publishedCount(paymentApproved, id), await publishedCount(paymentCaptured, id)], [1, 1])
  })

  it('is created once per id, and its id with another amount is refused', async () => {
    const input = newPayment(500)
    const [one, two] = await Promise.all([till.service().createPayment(input), till.service().createPayment(input)])

    assert.equal(one.paymentUrl, two.paymentUrl)
    await assert.rejects(till.service().createPayment({ ...input, amount: 501 }), { code: 'payment_mismatch' })
  })

  for (const [name, reason] of [
    ['declined', 'card_declined'],
    ['insufficient', 'insufficient_funds'],
  ] as const) {
    it(`by a test card "${name}" is declined with the reason and holds no money`, async () => {
      const { id, orderId } = await till.open(CARD[name])

      await assert.rejects(till.service().authorise({ paymentId: id }), (error: { code: string; details: object }) => {
        assert.equal(error.code, 'payment_declined')
        assert.equal((error.details as { reason: string }).reason, reason)
        return true
      })
      assert.deepEqual([await statusOf(id), await till.ledger(orderId)], ['failed', []])
      assert.equal(await publishedCount(paymentFailed, id), 1)
      await assert.rejects(till.service().capture({ paymentId: id }), { code: 'payment_not_authorised' })
    })
  }

  it('cannot be authorised or captured before the buyer approves it', async () => {
    const { id } = await till.open()

    await assert.rejects(till.service().authorise({ paymentId: id }), { code: 'payment_not_approved' })
    await assert.rejects(till.service().capture({ paymentId: id }), { code: 'payment_not_authorised' })
  })

  for (const card of ['losesAuthorise', 'losesCapture'] as const) {
    it(`is charged once when an answer is lost (test card "${card}")`, async () => {
      const { id, orderId } = await till.open(CARD[card])
      let unknown = 0
      const count = async (call: () => Promise<unknown>) => {
        await call().catch((error) => {
          assert.equal(error.code, 'provider_unavailable')
          unknown++
        })
        await retryWhileUnknown(call)
      }
      await count(() => till.service().authorise({ paymentId: id }))
      await count(() => till.service().capture({ paymentId: id }))

      assert.ok(unknown >= 1, 'the answer was not lost, so the test shows nothing')
      assert.deepEqual(await till.ledger(orderId), [`authorise ${AMOUNT}`, `capture ${AMOUNT}`])
      assert.equal(await statusOf(id), 'captured')
    })
  }

  it('is refunded once when the answer to the refund is lost', async () => {
    const { id, orderId } = await till.open(CARD.losesRefund)
    await till.service().authorise({ paymentId: id })
    await till.service().capture({ paymentId: id })
    const refund = () => till.service().refund({ paymentId: id, refundId, amount: 900, reason: 'broken' })
    const refundId = newId()

    await assert.rejects(refund(), { code: 'provider_unavailable' })
    assert.equal((await retryWhileUnknown(refund)).amount, 900)

    assert.deepEqual((await till.ledger(orderId)).slice(2), ['refund 900'])
    assert.equal(await publishedCount(paymentRefunded, id), 1)
  })

  it('is refunded twice under two refund ids: only the keys prevent double refunds', async () => {
    const { id, orderId } = await till.open(CARD.approved)
    await till.service().authorise({ paymentId: id })
    await till.service().capture({ paymentId: id })
    for (const refundId of [newId(), newId()]) {
      await till.service().refund({ paymentId: id, refundId, amount: 900, reason: '' })
    }

    assert.deepEqual((await till.ledger(orderId)).slice(2), ['refund 900', 'refund 900'])
  })

  it('is authorised once when the provider answers after the timeout: a retry looks the outcome up', async () => {
    const { id, orderId } = await till.open(CARD.slow)

    await assert.rejects(till.service().authorise({ paymentId: id }), { code: 'provider_unavailable' })
    await retryWhileUnknown(() => till.service().authorise({ paymentId: id }))

    assert.deepEqual(await till.ledger(orderId), [`authorise ${AMOUNT}`])
  })

  it('is captured once by ten concurrent requests', async () => {
    const { id, orderId } = await till.open(CARD.approved)
    await till.service().authorise({ paymentId: id })

    const answers = await Promise.all(Array.from({ length: 10 }, () => till.service().capture({ paymentId: id })))

    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set(['captured']))
    assert.deepEqual((await till.ledger(orderId)).slice(1), [`capture ${AMOUNT}`])
  })

  it('is never refunded beyond its capture by concurrent requests', async () => {
    const id = await till.captured()

    const refunds = await Promise.allSettled(
      Array.from({ length: 8 }, () =>
        till.service().refund({ paymentId: id, refundId: newId(), amount: 5_000, reason: '' }),
      ),
    )

    assert.equal(refunds.filter(({ status }) => status === 'fulfilled').length, 2)
    for (const refund of refunds) if (refund.status === 'rejected') assert.equal(refund.reason.code, 'refund_too_large')
    const after = await till.service().refreshPayment({ paymentId: id })
    assert.deepEqual([after.status, after.refunded], ['partially_refunded', 10_000])
  })

  it('is refunded once per refund id', async () => {
    const id = await till.captured()
    const refund = { paymentId: id, refundId: newId(), amount: AMOUNT, reason: '' }

    const answers = await Promise.all([till.service().refund(refund), till.service().refund(refund)])

    assert.deepEqual(answers[0], answers[1])
    assert.equal(await statusOf(id), 'refunded')
  })

  describe('cancelled', () => {
    const states: [string, () => Promise<string>, string, string[]][] = [
      ['before the buyer pays', async () => (await till.open()).id, 'voided', []],
      ['after the buyer’s approval', async () => (await till.open(CARD.approved)).id, 'voided', []],
      ['after its authorisation', authorised, 'voided', [`authorise ${AMOUNT}`, `void ${AMOUNT}`]],
      [
        'after its capture',
        () => till.captured(),
        'refunded',
        [`authorise ${AMOUNT}`, `capture ${AMOUNT}`, `refund ${AMOUNT}`],
      ],
      [
        'after a partial refund',
        partlyRefunded,
        'refunded',
        [`authorise ${AMOUNT}`, `capture ${AMOUNT}`, 'refund 900', `refund ${AMOUNT - 900}`],
      ],
      [
        'after the answer to its authorisation was lost',
        lostAuthorisation,
        'voided',
        [`authorise ${AMOUNT}`, `void ${AMOUNT}`],
      ],
    ]
    for (const [when, prepare, status, entries] of states) {
      it(`${when} gives everything back, and nothing new can begin`, async () => {
        const paymentId = await prepare()
        const { orderId } = await till.service().refreshPayment({ paymentId })

        const cancelled = await retryWhileUnknown(() => till.service().cancelPayment({ paymentId, reason: 'test' }))
        await retryWhileUnknown(() => till.service().cancelPayment({ paymentId, reason: 'again' }))

        assert.equal(cancelled.status, status)
        assert.deepEqual(await till.ledger(orderId), entries)
        if (entries.length === 0) {
          await assert.rejects(till.service().authorise({ paymentId }), { code: 'payment_cancelled' })
        }
        if (!entries.some((entry) => entry.startsWith('capture'))) {
          await assert.rejects(till.service().capture({ paymentId }), { code: 'payment_cancelled' })
        }
      })
    }

    it('closes its page', async () => {
      const { id, url } = await till.open()
      await till.service().cancelPayment({ paymentId: id, reason: '' })

      await assert.rejects(payByCard(url, CARD.approved), /does not ask for a card/)
    })

    it('before its page opens never gets a page', async () => {
      const input = newPayment(500)
      await till.setFaults({ api: { failRate: 1 } })
      await assert.rejects(till.service().createPayment(input), { code: 'provider_unavailable' })
      await till.service().cancelPayment({ paymentId: input.paymentId, reason: '' })
      await till.clearFaults()

      await assert.rejects(till.service().createPayment(input), { code: 'payment_cancelled' })
    })

    it('before it exists can never be created', async () => {
      const input = newPayment(500)
      const cancel = () => till.service().cancelPayment({ paymentId: input.paymentId, reason: '' })

      await assert.rejects(cancel(), { code: 'payment_not_found' })

      await assert.rejects(till.service().createPayment(input), { code: 'payment_cancelled' })
      await assert.rejects(till.service().createPayment(input), { code: 'payment_cancelled' })
      assert.equal((await cancel()).paymentUrl, '')
    })

    it('while it is being created leaves no page open', async () => {
      const inputs = Array.from({ length: 20 }, () => newPayment(500))

      const opened = await Promise.all(
        inputs.map(async (input) => {
          const [created] = await Promise.allSettled([
            till.service().createPayment(input),
            till.service().cancelPayment({ paymentId: input.paymentId, reason: '' }),
          ])
          return created.status === 'fulfilled' && input.paymentId
        }),
      )

      for (const paymentId of opened) if (paymentId) assert.equal(await statusOf(paymentId), 'voided')
    })

    it('while it is being captured keeps no money', async () => {
      const paymentId = await authorised()
      const { orderId } = await till.service().refreshPayment({ paymentId })

      await Promise.allSettled([
        retryWhileUnknown(() => till.service().capture({ paymentId })),
        retryWhileUnknown(() => till.service().cancelPayment({ paymentId, reason: '' })),
      ])
      await retryWhileUnknown(() => till.service().cancelPayment({ paymentId, reason: '' }))

      assert.match((await till.ledger(orderId)).at(-1) ?? '', /^(void|refund) 12900$/)
    })

    async function authorised(): Promise<string> {
      const { id } = await till.open(CARD.approved)
      await till.service().authorise({ paymentId: id })
      return id
    }
    async function partlyRefunded(): Promise<string> {
      const id = await till.captured()
      await till.service().refund({ paymentId: id, refundId: newId(), amount: 900, reason: '' })
      return id
    }
    async function lostAuthorisation(): Promise<string> {
      const { id } = await till.open(CARD.losesAuthorise)
      await assert.rejects(till.service().authorise({ paymentId: id }), { code: 'provider_unavailable' })
      return id
    }
  })

  it('agrees with the provider’s ledger and is captured at most once in any sequence of calls and lost answers', async () => {
    type Act = () => (paymentId: string) => Promise<unknown>
    const acts: Record<string, Act> = {
      authorise: () => (paymentId) => till.service().authorise({ paymentId }),
      capture: () => (paymentId) => till.service().capture({ paymentId }),
      refund: () => {
        const refundId = newId()
        return (paymentId) => till.service().refund({ paymentId, refundId, amount: 4_000, reason: '' })
      },
      cancel: () => (paymentId) => till.service().cancelPayment({ paymentId, reason: '' }),
    }
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...Object.keys(acts)), { minLength: 2, maxLength: 6 }),
        async (names) => {
          const { id, orderId } = await till.open(CARD.approved)
          await till.setFaults({ api: { dropAnswerRate: 0.3 } })
          for (const name of ['authorise', ...names]) {
            const act = (acts[name] as Act)()
            await retryWhileUnknown(() => act(id)).catch(() => {})
          }
          await till.clearFaults()

          const sum = (kind: string, entries: string[]) =>
            entries
              .filter((entry) => entry.startsWith(kind))
              .reduce((total, entry) => total + Number(entry.split(' ')[1]), 0)
          const entries = await till.ledger(orderId)
          const seen = await till.platform.database('payment').one<{ captured: number; refunded: number }>(sql`
          select captured, refunded from payment.payments where id = ${id}`)
          assert.ok(entries.filter((entry) => entry.startsWith('capture')).length <= 1)
          assert.deepEqual(seen, { captured: sum('capture', entries), refunded: sum('refund', entries) })
        },
      ),
      { numRuns: 20, seed: 20_261_121 },
    )
  })

  it('is visible to its buyer and to administrators only', async () => {
    const [buyer, stranger, admin] = await Promise.all([
      till.platform.user(),
      till.platform.user(),
      till.platform.user(['admin']),
    ])
    const { id } = await till.service().createPayment({ ...newPayment(500), buyerId: buyer.id })

    assert.equal((await till.platform.api(payment, buyer).getPayment({ paymentId: id })).amount, 500)
    assert.equal((await till.platform.api(payment, admin).getPayment({ paymentId: id })).id, id)
    await assert.rejects(till.platform.api(payment, stranger).getPayment({ paymentId: id }), {
      code: 'payment_not_found',
      status: 404,
    })
    assert.equal((await till.platform.request('GET', `/api/payments/${id}`)).status, 401)
    assert.equal((await till.platform.request('GET', '/api/payments/42', { as: buyer })).status, 422)
    assert.equal((await till.platform.request('GET', '/api/payments/discrepancies', { as: buyer })).status, 403)
  })
})
