import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { DomainError, newId, sql } from '@doran/kernel'
import type { TestPlatform } from '@doran/kernel/testing'
import { inventory } from '../contract.ts'
import { brokenStock, expire, refusal, shelf, startInventory, stockOf } from './shelf.ts'

let platform: TestPlatform
before(async () => {
  platform = await startInventory()
})
after(() => platform.close())

const client = () => platform.client(inventory)

/** An order that has reserved `quantity` of a fresh SKU. */
async function held({ onHand = 10, quantity = 4 } = {}) {
  const { skus } = await shelf(platform, onHand)
  const order = { orderId: newId(), lines: [{ sku: skus[0] ?? '', quantity }] }
  await client().reserve(order)
  return { ...order, sku: skus[0] ?? '' }
}

describe('reserving', () => {
  it('holds all lines for an hour', async () => {
    const { skus } = await shelf(platform, 5, 6)
    const [a = '', b = ''] = skus
    const orderId = newId()

    const reservation = await client().reserve({
      orderId,
      lines: [
        { sku: b, quantity: 6 },
        { sku: a, quantity: 2 },
      ],
    })

    assert.deepEqual(
      [reservation.orderId, reservation.state, reservation.lines],
      [
        orderId,
        'held',
        [
          { sku: a, quantity: 2 },
          { sku: b, quantity: 6 },
        ],
      ],
    )
    const minutes = (Date.parse(reservation.expiresAt) - Date.now()) / 60_000
    assert.ok(minutes > 55 && minutes < 65, `expires in ${minutes} minutes`)
    assert.deepEqual(
      [await stockOf(platform, a), await stockOf(platform, b)],
      [
        [5, 2],
        [6, 6],
      ],
    )
  })

  it('holds until the requested time, which a repetition extends', async () => {
    const { skus } = await shelf(platform, 5)
    const order = { orderId: newId(), lines: [{ sku: skus[0] ?? '', quantity: 1 }] }
    const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString()
    const [soon, later] = [inHours(2), inHours(3)]

    const first = await client().reserve({ ...order, until: soon })
    const longer = await client().reserve({ ...order, until: later })
    const shorter = await client().reserve({ ...order, until: soon })
    const again = await client().reserve(order)

    assert.deepEqual(
      [first, longer, shorter, again].map(({ expiresAt }) => expiresAt),
      [soon, later, later, later],
    )
  })

  it('extends the hold when it is repeated shortly before its end', async () => {
    const { orderId, lines, sku } = await held()
    await platform.database('inventory').run(sql`
      update inventory.reservations set expires_at = now() + interval '1 minute' where order_id = ${orderId}`)

    const { expiresAt } = await client().reserve({ orderId, lines })

    assert.ok(Date.parse(expiresAt) - Date.now() > 50 * 60_000)
    assert.deepEqual(await stockOf(platform, sku), [10, 4])
  })

  it('adds up lines of the same SKU', async () => {
    const { skus } = await shelf(platform, 5)
    const [sku = ''] = skus
    const twice = (quantity: number) =>
      client().reserve({
        orderId: newId(),
        lines: [
          { sku, quantity },
          { sku, quantity },
        ],
      })

    const code = await refusal(twice(3))
    const { lines } = await twice(2)

    assert.equal(code, 'out_of_stock')
    assert.deepEqual(lines, [{ sku, quantity: 4 }])
  })

  it('refuses more than 9,999 of a SKU', async () => {
    const { skus } = await shelf(platform, 50_000)
    const line = { sku: skus[0] ?? '', quantity: 9_999 }

    const code = await refusal(client().reserve({ orderId: newId(), lines: [line, line] }))

    assert.equal(code, 'quantity_too_large')
  })

  it('holds nothing when one line is short, and names the shortages', async () => {
    const { skus } = await shelf(platform, 5, 1)
    const [plenty = '', scarce = ''] = skus
    const lines = [
      { sku: plenty, quantity: 2 },
      { sku: scarce, quantity: 3 },
      { sku: 'NO-SUCH', quantity: 1 },
    ]

    const error = await client()
      .reserve({ orderId: newId(), lines })
      .then(
        () => undefined,
        (error) => error,
      )

    assert.ok(error instanceof DomainError)
    assert.deepEqual([error.code, error.status], ['out_of_stock', 409])
    const { lines: short } = error.details as { lines: { sku: string }[] }
    assert.deepEqual(
      short.toSorted((a, b) => (a.sku < b.sku ? -1 : 1)),
      [
        { sku: scarce, wanted: 3, available: 1 },
        { sku: 'NO-SUCH', wanted: 1, available: 0 },
      ].toSorted((a, b) => (a.sku < b.sku ? -1 : 1)),
    )
    assert.deepEqual(
      [await stockOf(platform, plenty), await stockOf(platform, scarce)],
      [
        [5, 0],
        [1, 0],
      ],
    )
  })

  it('may be tried again after a refusal', async () => {
    const { seller, skus } = await shelf(platform, 1)
    const [sku = ''] = skus
    const order = { orderId: newId(), lines: [{ sku, quantity: 2 }] }
    await refusal(client().reserve(order))

    await platform.api(inventory, seller).adjustStock({ sku, change: 1 })
    const { state } = await client().reserve(order)

    assert.equal(state, 'held')
  })

  it('returns the existing reservation of an order, even when no more stock is available', async () => {
    const order = await held({ onHand: 4, quantity: 4 })

    const again = await client().reserve(order)

    assert.equal(again.state, 'held')
    assert.deepEqual(await stockOf(platform, order.sku), [4, 4])
  })

  it('refuses other lines for an order that has a reservation', async () => {
    const { orderId, sku } = await held()

    const code = await refusal(client().reserve({ orderId, lines: [{ sku, quantity: 5 }] }))

    assert.equal(code, 'reservation_mismatch')
  })

  it('refuses lines without quantity, without SKU, or none at all', async () => {
    const orderId = newId()
    for (const lines of [
      [],
      [{ sku: 'A-1', quantity: 0 }],
      [{ sku: 'a b', quantity: 1 }],
      [{ sku: 'A-1', quantity: 1.5 }],
    ]) {
      await assert.rejects(client().reserve({ orderId, lines }), /the input of inventory.reserve does not fit/)
    }
  })
})

describe('committing', () => {
  it('turns the hold into a sale, once', async () => {
    const { orderId, sku } = await held()

    const first = await client().commit({ orderId })
    const second = await client().commit({ orderId })

    assert.deepEqual(second, first)
    assert.equal(first.state, 'committed')
    assert.deepEqual(await stockOf(platform, sku), [6, 0])
  })

  it('is refused without a reservation', async () => {
    assert.equal(await refusal(client().commit({ orderId: newId() })), 'reservation_unknown')
  })

  it('is refused after a release', async () => {
    const { orderId, sku } = await held()
    await client().release({ orderId })

    assert.equal(await refusal(client().commit({ orderId })), 'reservation_released')
    assert.deepEqual(await stockOf(platform, sku), [10, 0])
  })
})

describe('releasing', () => {
  it('gives back what is held, once', async () => {
    const { orderId, sku } = await held()

    await client().release({ orderId })
    await client().release({ orderId })

    assert.deepEqual(await stockOf(platform, sku), [10, 0])
  })

  it('puts sold stock back on hand once, as the compensation of a checkout does', async () => {
    const { orderId, sku } = await held()
    await client().commit({ orderId })

    await client().release({ orderId })
    await client().release({ orderId })

    assert.deepEqual(await stockOf(platform, sku), [10, 0])
    assert.equal(await refusal(client().commit({ orderId })), 'reservation_released')
  })

  it('refuses a reserve that arrives after it', async () => {
    const { skus } = await shelf(platform, 5)
    const orderId = newId()

    await client().release({ orderId })
    const code = await refusal(client().reserve({ orderId, lines: [{ sku: skus[0] ?? '', quantity: 1 }] }))

    assert.equal(code, 'reservation_released')
    assert.deepEqual(await stockOf(platform, skus[0] ?? ''), [5, 0])
  })

  it('is final for a reservation that has expired', async () => {
    const { orderId, sku } = await held()
    await expire(platform, orderId)

    await client().release({ orderId })

    assert.equal(await refusal(client().commit({ orderId })), 'reservation_released')
    assert.deepEqual(await stockOf(platform, sku), [10, 0])
  })
})

describe('an overdue reservation', () => {
  it('gives its stock back, and not earlier', async () => {
    const late = await held()
    const inTime = await held()

    await expire(platform, late.orderId)

    assert.deepEqual(
      [await stockOf(platform, late.sku), await stockOf(platform, inTime.sku)],
      [
        [10, 0],
        [10, 4],
      ],
    )
  })

  it('stays as it is when it was committed or released before', async () => {
    const sold = await held()
    const released = await held()
    await client().commit(sold)
    await client().release(released)

    await expire(platform, sold.orderId, released.orderId)

    assert.deepEqual(
      [await stockOf(platform, sold.sku), await stockOf(platform, released.sku)],
      [
        [6, 0],
        [10, 0],
      ],
    )
  })

  it('takes its stock again by a commit or a reserve', async () => {
    const paid = await held()
    const wanted = await held()
    await expire(platform, paid.orderId, wanted.orderId)

    const committed = await client().commit(paid)
    const reserved = await client().reserve(wanted)

    assert.deepEqual([committed.state, reserved.state], ['committed', 'held'])
    assert.ok(Date.parse(reserved.expiresAt) > Date.now())
    assert.deepEqual(
      [await stockOf(platform, paid.sku), await stockOf(platform, wanted.sku)],
      [
        [6, 0],
        [10, 4],
      ],
    )
  })

  it('is out of stock when another order has taken the goods', async () => {
    const late = await held({ onHand: 4, quantity: 4 })
    await expire(platform, late.orderId)
    await client().reserve({ orderId: newId(), lines: [{ sku: late.sku, quantity: 1 }] })

    const codes = [await refusal(client().commit(late)), await refusal(client().reserve(late))]

    assert.deepEqual(codes, ['out_of_stock', 'out_of_stock'])
    assert.deepEqual(await stockOf(platform, late.sku), [4, 1])
  })

  it('expires even when there are more than one batch of them for the same SKU', async () => {
    const { skus } = await shelf(platform, 500)
    const [sku = ''] = skus
    const orderIds = Array.from({ length: 150 }, () => newId())
    await Promise.all(orderIds.map((orderId) => client().reserve({ orderId, lines: [{ sku, quantity: 2 }] })))
    assert.deepEqual(await stockOf(platform, sku), [500, 300])

    await expire(platform, ...orderIds)

    assert.deepEqual(await stockOf(platform, sku), [500, 0])
    const ledger = await platform.database('inventory').one<{ expired: number }>(sql`
      select count(distinct reference) as expired from inventory.movements where sku = ${sku} and kind = 'expire'`)
    assert.equal(ledger.expired, 150)
  })
})

describe('restocking', () => {
  it('puts goods back once per reference', async () => {
    const { orderId, sku } = await held()
    await client().commit({ orderId })
    const lines = [
      { sku, quantity: 1 },
      { sku, quantity: 2 },
    ]

    await client().restock({ reference: `return-${orderId}`, lines })
    await client().restock({ reference: `return-${orderId}`, lines })
    await client().restock({ reference: `another-${orderId}`, lines: [{ sku, quantity: 1 }] })

    assert.deepEqual(await stockOf(platform, sku), [10, 0])
  })

  it('puts known SKUs back and names the unknown ones, in repetitions too', async () => {
    const { skus } = await shelf(platform, 1)
    const [sku = ''] = skus
    const lines = [
      { sku, quantity: 1 },
      { sku: 'NO-SUCH', quantity: 1 },
      { sku: 'NO-SUCH', quantity: 2 },
    ]
    const reference = newId()

    const first = await client().restock({ reference, lines })
    const again = await client().restock({ reference, lines })

    assert.deepEqual([first, again], [{ unknown: ['NO-SUCH'] }, { unknown: ['NO-SUCH'] }])
    assert.deepEqual(await stockOf(platform, sku), [2, 0])
  })
})

describe('stock after all of these tests', () => {
  it('agrees with its ledger and its reservations', async () => {
    assert.deepEqual(await brokenStock(platform), [])
  })
})
