import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { networkOf, Rates, WINDOW_MS } from '../rates.ts'

describe('rates', () => {
  it('refuse a sender until the minute after the first request is over', () => {
    const rates = new Rates(2)

    const waits = [0, 1_000, 2_000, WINDOW_MS - 1, WINDOW_MS].map((at) => rates.count('somebody', at))

    assert.deepEqual(waits, [0, 0, 58, 1, 0])
  })

  it('count each sender separately', () => {
    const rates = new Rates(1)

    rates.count('somebody', 0)

    assert.equal(rates.count('somebody else', 0), 0)
    assert.equal(rates.count('somebody', 0), 60)
  })

  it('keep a bounded number of senders and drop the oldest first', () => {
    const rates = new Rates(1)

    for (let sender = 0; sender <= 10_000; sender++) rates.count(String(sender), 0)

    assert.equal(rates.count('10000', 0), 60)
    assert.equal(rates.count('0', 0), 0)
  })
})

describe('the network of an address', () => {
  it('is the same for neighbouring addresses in every notation', () => {
    const networks = [
      ['192.0.2.1', '192.0.2'],
      ['::ffff:192.0.2.255', '192.0.2'],
      ['2001:db8:7::1', '2001:db8:7'],
      ['2001:0DB8:0007:1:2:3:4:5', '2001:db8:7'],
      ['2001:db8::1', '2001:db8:0'],
      ['fe80::1%eth0', 'fe80:0:0'],
      ['::1', '0:0:0'],
    ] as const

    for (const [address, network] of networks) assert.equal(networkOf(address), network, address)
  })
})
