import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { services } from '../../apps/server/services.ts'
import { nameOf, OUTAGE_CASES, type OutageCase } from './outage-cases.ts'
import { OutageShop } from './outage-shop.ts'

describe('an outage', () => {
  it('is proven at each step of each saga, for its action and its compensation', () => {
    const proven = new Set(OUTAGE_CASES.map(({ saga, step, way }) => `${saga}/${step} ${way}`))

    const steps = services.flatMap(({ sagas }) =>
      sagas.flatMap(({ name, steps }) => steps.map((step) => ({ name, step }))),
    )
    const due = steps.flatMap(({ name, step }) => [
      `${name}/${step.name} act`,
      ...(step.undo ? [`${name}/${step.name} undo`] : []),
    ])

    assert.deepEqual([...proven].toSorted(), due.toSorted())
  })
})

/** `npm run prove:outages` proves the other cases. */
const SHORT: readonly Partial<OutageCase>[] = [
  { saga: 'checkout', step: 'confirm-order' },
  {
    saga: 'checkout',
    step: 'authorise-payment',
    way: 'undo',
    away: 'payment',
    refusal: 'commit',
    kind: 'loses answers',
  },
  { saga: 'cancellation', step: 'refund-payment', way: 'act', away: 'provider', kind: 'refuses' },
  { saga: 'cancellation', step: 'cancel-parts' },
]

describe('after five minutes without a service', () => {
  let outages: OutageShop
  before(async () => {
    outages = await OutageShop.open()
  })
  after(() => outages.close())

  for (const wanted of SHORT) {
    const one = OUTAGE_CASES.find((one) =>
      Object.entries(wanted).every(([member, value]) => one[member as keyof OutageCase] === value),
    ) as OutageCase

    it(`the order is ${one.ending}, and money and stock are exact (${nameOf(one)})`, async () => {
      const { ended } = await outages.live(one)

      assert.equal(ended, one.ending)
    })
  }
})
