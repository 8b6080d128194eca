import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Order } from '@doran/order/contract'
import { lastPaymentOf, reasonOf, storyOf } from './story.ts'

const part = (id: string): Order['sellers'][number] => ({
  id,
  sellerId: id,
  sellerName: { ko: id, en: id },
  status: 'preparing',
  held: false,
  subtotal: 1_000,
  lines: [],
})

const entry = (what: string, details: Record<string, unknown> = {}) => ({
  at: '2026-11-21T00:00:00.000Z',
  what,
  details,
})

function tell(...timeline: Order['timeline']) {
  return storyOf({ timeline, sellers: [part('a'), part('b')] })
}

describe('the story of an order', () => {
  it('tells each step of an order', () => {
    const steps = ['placed', 'payment_started', 'payment_approved', 'payment_failed', 'paid']
    const ends = ['cancel_requested', 'cancelled', 'cancel_failed', 'expired']

    const story = tell(...[...steps, ...ends].map((what) => entry(what)))

    assert.deepEqual(
      story.map(({ title }) => title),
      [...steps, ...ends].map((what) => `story_${what}`),
    )
  })

  it('says why a payment failed', () => {
    const [failed] = tell(entry('payment_failed', { code: 'insufficient_funds', message: 'Not enough.' }))

    assert.equal(failed?.why, 'why_insufficient_funds')
  })

  it('folds all payment attempts but the last one into one chapter', () => {
    const attempt = ['payment_started', 'payment_approved', 'payment_failed'].map((what) => entry(what))

    const story = tell(entry('placed'), ...attempt, ...attempt, entry('payment_started'), entry('paid'))

    assert.deepEqual(
      story.map(({ title }) => title),
      ['story_placed', 'story_attempts', 'story_payment_started', 'story_paid'],
    )
    assert.deepEqual([story[1]?.count, story[1]?.folded?.length], [2, 6])
  })

  it('names the seller if only their part is cancelled, with the money and the reason told once', () => {
    const [asked, done] = tell(
      entry('cancel_requested', { sellerOrderIds: ['b'], reason: 'wrong size' }),
      entry('cancelled', { sellerOrderIds: ['b'], refunded: 1_000, reason: 'wrong size' }),
    )

    assert.deepEqual([asked?.parts.map(({ id }) => id), asked?.reason], [['b'], 'wrong size'])
    assert.deepEqual([done?.parts.map(({ id }) => id), done?.reason, done?.refunded], [['b'], undefined, 1_000])
  })

  it('names no seller if the whole order is cancelled', () => {
    const [done] = tell(entry('cancelled', { sellerOrderIds: ['a', 'b'], refunded: 2_000 }))

    assert.deepEqual(done?.parts, [])
  })

  it('skips unknown steps, and explains every refusal', () => {
    assert.deepEqual(tell(entry('wrapped_as_a_gift')), [])
    assert.equal(reasonOf('moon_in_the_wrong_house'), 'why_other')
  })

  it('knows the last payment attempt, also after a refusal', () => {
    const timeline = [
      entry('payment_started', { paymentId: 'first' }),
      entry('payment_started', { paymentId: 'second' }),
    ]

    assert.equal(lastPaymentOf({ timeline, paymentId: null }), 'second')
    assert.equal(lastPaymentOf({ timeline, paymentId: 'third' }), 'third')
    assert.equal(lastPaymentOf({ timeline: [], paymentId: null }), undefined)
  })
})
