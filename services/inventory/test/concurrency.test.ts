import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { newId, sql } from '@doran/kernel'
import type { TestPlatform } from '@doran/kernel/testing'
import fc from 'fast-check'
import { inventory } from '../contract.ts'
import { admin, brokenStock, expire, outcome, shelf, startInventory, stockOf } from './shelf.ts'

let platform: TestPlatform
before(async () => {
  platform = await startInventory()
})
after(() => platform.close())

const client = () => platform.client(inventory)

/** How often each outcome occurred. */
async function tally(calls: Promise<unknown>[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const code of await Promise.all(calls.map(outcome))) counts[code] = (counts[code] ?? 0) + 1
  return counts
}

describe('concurrent requests', () => {
  it('of 200 orders for one unit give it to exactly one', async () => {
    const { skus } = await shelf(platform, 1)
    const lines = [{ sku: skus[0] ?? '', quantity: 1 }]

    const counts = await tally(Array.from({ length: 200 }, () => client().reserve({ orderId: newId(), lines })))

    assert.deepEqual(counts, { done: 1, out_of_stock: 199 })
    assert.deepEqual(await stockOf(platform, skus[0] ?? ''), [1, 1])
  })

  it('of a thousand orders with the same SKUs in different orders do not deadlock', async () => {
    const { skus } = await shelf(platform, 10_000, 10_000)
    const [a, b] = skus.map((sku) => ({ sku, quantity: 1 })) as [
      { sku: string; quantity: number },
      { sku: string; quantity: number },
    ]
    const baskets = [[a, b], [b, a], [a]]

    const orders = Array.from({ length: 1_000 }, (_, index) => ({ orderId: newId(), lines: baskets[index % 3] ?? [] }))
    const counts = await tally(orders.map((order) => client().reserve(order)))

    assert.deepEqual(counts, { done: 1_000 })
    assert.deepEqual(
      [await stockOf(platform, a.sku), await stockOf(platform, b.sku)],
      [
        [10_000, 1_000],
        [10_000, 667],
      ],
    )
  })

  it('for the same order make one reservation', async () => {
    const { skus } = await shelf(platform, 10)
    const order = { orderId: newId(), lines: [{ sku: skus[0] ?? '', quantity: 3 }] }

    const replies = await Promise.all(Array.from({ length: 20 }, () => client().reserve(order)))

    assert.deepEqual(new Set(replies.map((reply) => JSON.stringify(reply))).size, 1)
    assert.deepEqual(await stockOf(platform, skus[0] ?? ''), [10, 3])
  })

  it('to reserve and release one order leave nothing held, whichever comes first', async () => {
    const { skus } = await shelf(platform, 1_000)
    const lines = [{ sku: skus[0] ?? '', quantity: 1 }]

    await Promise.all(
      Array.from({ length: 100 }, async () => {
        const orderId = newId()
        await Promise.all([outcome(client().reserve({ orderId, lines })), client().release({ orderId })])
      }),
    )

    assert.deepEqual(await stockOf(platform, skus[0] ?? ''), [1_000, 0])
  })

  it('to restock under one reference restock once', async () => {
    const { skus } = await shelf(platform, 0)
    const lines = [{ sku: skus[0] ?? '', quantity: 5 }]

    await Promise.all(Array.from({ length: 20 }, () => client().restock({ reference: `same-${skus[0]}`, lines })))

    assert.deepEqual(await stockOf(platform, skus[0] ?? ''), [5, 0])
  })

  it('to load overlapping catalogues in different orders both succeed', async () => {
    const sellerId = newId()
    const items = Array.from({ length: 50 }, () => ({ sku: newId().toUpperCase(), sellerId, onHand: 3 }))

    const counts = await tally(
      [items, items.toReversed(), items, items.toReversed()].map((items) => client().loadStock({ items })),
    )

    assert.deepEqual(counts, { done: 4 })
    assert.deepEqual(await stockOf(platform, items[0]?.sku ?? ''), [3, 0])
  })
})

// Small numbers, so that orders compete: six orders for three SKUs with little stock.
const ORDERS = 6
const SKUS = 3
const line = fc.record({ sku: fc.nat(SKUS - 1), quantity: fc.integer({ min: 1, max: 4 }) })
const operation = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('reserve' as const), order: fc.nat(ORDERS - 1) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('commit' as const, 'release' as const), order: fc.nat(ORDERS - 1) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('expire' as const), order: fc.nat(ORDERS - 1) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restock' as const), reference: fc.nat(2), line }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('adjust' as const),
      sku: fc.nat(SKUS - 1),
      change: fc.integer({ min: -5, max: 5 }),
    }),
  },
)
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never

const story = fc.record({
  shelf: fc.array(fc.integer({ min: 0, max: 12 }), { minLength: SKUS, maxLength: SKUS }),
  baskets: fc.array(fc.array(line, { minLength: 1, maxLength: 4 }), { minLength: ORDERS, maxLength: ORDERS }),
  /** The operations of one batch run concurrently. */
  batches: fc.array(fc.array(operation, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 8 }),
})

const EXPECTED = ['done', 'out_of_stock', 'reservation_released', 'reservation_unknown', 'stock_too_low']

describe('random concurrent operations', () => {
  it('keep stock equal to its ledger, never oversell it, and neither create nor lose any', async () => {
    await fc.assert(
      fc.asyncProperty(story, async ({ shelf: quantities, baskets, batches }) => {
        const { skus } = await shelf(platform, ...quantities)
        const run = randomRun(skus, baskets)

        for (const batch of batches) {
          const outcomes = await Promise.all(batch.map(run.act))
          assert.deepEqual(
            outcomes.filter((code) => !EXPECTED.includes(code)),
            [],
          )
          assert.deepEqual(await brokenStock(platform), [])
        }

        const onHand = await Promise.all(skus.map(async (sku) => (await stockOf(platform, sku))[0]))
        assert.deepEqual(onHand, await run.expectedOnHand(quantities))
      }),
      { numRuns: 40 },
    )
  })
})

/** Executes operations, and calculates independently of the inventory what must be on hand in the end. */
function randomRun(skus: readonly string[], baskets: readonly { sku: number; quantity: number }[][]) {
  const orderIds = baskets.map(() => newId())
  const prefix = newId()
  const came = skus.map(() => 0)
  const references = new Map<number, { sku: number; quantity: number }>()
  const named = ({ sku, quantity }: { sku: number; quantity: number }) => ({ sku: skus[sku] as string, quantity })

  async function act(operation: Operation): Promise<string> {
    switch (operation.kind) {
      case 'reserve': {
        const lines = (baskets[operation.order] ?? []).map(named)
        return outcome(client().reserve({ orderId: orderIds[operation.order] as string, lines }))
      }
      case 'commit':
      case 'release':
        return outcome(client()[operation.kind]({ orderId: orderIds[operation.order] as string }))
      case 'expire':
        return outcome(expire(platform, orderIds[operation.order] as string))
      case 'restock': {
        // The first restock of a reference determines its goods; repetitions name the same ones.
        if (!references.has(operation.reference)) references.set(operation.reference, operation.line)
        const line = references.get(operation.reference) as typeof operation.line
        return outcome(client().restock({ reference: `${prefix}-${operation.reference}`, lines: [named(line)] }))
      }
      case 'adjust': {
        const { sku, change } = operation
        const code = await outcome(platform.client(inventory, admin).adjustStock({ sku: skus[sku] as string, change }))
        if (code === 'done') came[sku] = (came[sku] ?? 0) + change
        return code
      }
    }
  }

  /** The initial and added quantities, less committed sales. */
  async function expectedOnHand(first: readonly number[]): Promise<number[]> {
    const committed = await platform.database('inventory').all<{ orderId: string }>(sql`
      select order_id as "orderId" from inventory.reservations
      where state = 'committed' and order_id = any(${orderIds}::uuid[])`)
    const sold = committed.flatMap(({ orderId }) => baskets[orderIds.indexOf(orderId)] ?? [])
    const sum = (lines: Iterable<{ sku: number; quantity: number }>, sku: number) =>
      [...lines].reduce((total, line) => total + (line.sku === sku ? line.quantity : 0), 0)
    return first.map((quantity, sku) => quantity + (came[sku] ?? 0) + sum(references.values(), sku) - sum(sold, sku))
  }

  return { act, expectedOnHand }
}
