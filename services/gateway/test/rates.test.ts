import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Rates, WINDOW } from '../rates.ts'

describe('rates', () => {
  it('refuse a sender until the minute that began with the first request is over', () => {
    const rates = new Rates(2)

    const waits = [0, 1_000, 2_000, WINDOW - 1, WINDOW].map((at) => rates.count('somebody', at))

    assert.deepEqual(waits, [0, 0, 58, 1, 0])
  })

  it('count every sender alone', () => {
    const rates = new Rates(1)

    rates.count('somebody', 0)

    assert.equal(rates.count('somebody else', 0), 0)
    assert.equal(rates.count('somebody', 0), 60)
  })

  it('remember a bounded number of senders, and longest those who began last', () => {
    const rates = new Rates(1)

    for (let sender = 0; sender <= 10_000; sender++) rates.count(String(sender), 0)

    assert.equal(rates.count('10000', 0), 60)
    assert.equal(rates.count('0', 0), 0)
  })
})
