import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { brokenConstraint, newId, sql } from '@doran/kernel'
import type { TestPlatform } from '@doran/kernel/testing'
import { inventory, type Movement, stockChanged, stockLow } from '../contract.ts'
import { brokenStock, refusal, shelf, startInventory, stockOf } from './shelf.ts'

let platform: TestPlatform
before(async () => {
  platform = await startInventory()
})
after(() => platform.close())

const reserve = (sku: string, quantity: number) =>
  platform.client(inventory).reserve({ orderId: newId(), lines: [{ sku, quantity }] })

describe('stock of a SKU', () => {
  it('is public as its available quantity', async () => {
    const { skus } = await shelf(platform, 7)
    const [sku = ''] = skus
    await reserve(sku, 2)

    const availability = await platform.api(inventory).getAvailability({ sku })

    assert.deepEqual(availability, { sku, available: 5, level: 'few' })
  })

  it('is public only up to ten; its seller sees the exact quantity', async () => {
    const { seller, skus } = await shelf(platform, 9, 10, 4_321)

    const told = await platform.api(inventory).getAvailabilities({ sku: skus })

    assert.deepEqual(
      told.map(({ available, level }) => [available, level]),
      [
        [9, 'few'],
        [10, 'enough'],
        [10, 'enough'],
      ],
    )
    assert.equal((await platform.api(inventory, seller).getStock({ sku: skus[2] as string })).available, 4_321)
  })

  it('is public for several SKUs at once, without the unknown ones', async () => {
    const { skus } = await shelf(platform, 7, 0, 3)
    const [first = '', second = '', third = ''] = skus
    await reserve(first, 2)

    const several = await platform
      .api(inventory)
      .getAvailabilities({ sku: [third, 'NOBODY-HAS-IT', first, third, second] })
    const one = await platform.api(inventory).getAvailabilities({ sku: [third] })
    const none = await platform.api(inventory).getAvailabilities({ sku: ['NOBODY-HAS-IT'] })

    assert.deepEqual(several, [
      { sku: first, available: 5, level: 'few' },
      { sku: second, available: 0, level: 'none' },
      { sku: third, available: 3, level: 'few' },
    ])
    assert.deepEqual(one, [{ sku: third, available: 3, level: 'few' }])
    assert.deepEqual(none, [])
  })

  it('is refused for no SKU, for an invalid SKU and for more than a hundred', async () => {
    const hundred = Array.from({ length: 100 }, (_, index) => `sku=SKU-${index}`).join('&')
    const statuses = await Promise.all(
      ['', 'sku=', 'sku=with%20a%20space', 'sku=OK-1&sku=%00', `${hundred}&sku=ONE-MORE`, hundred].map(
        async (query) => (await platform.request('GET', `/api/inventory?${query}`)).status,
      ),
    )

    assert.deepEqual(statuses, [422, 422, 422, 422, 422, 200])
  })

  it('is refused as unknown for a SKU that was never registered', async () => {
    const answer = await platform.request('GET', '/api/inventory/NOBODY-HAS-IT')

    assert.deepEqual([answer.status, answer.body.code], [404, 'sku_unknown'])
  })

  it('is shown to its seller and to administrators with the quantities on hand and reserved', async () => {
    const { seller, skus } = await shelf(platform, 7)
    const [sku = ''] = skus
    await reserve(sku, 2)

    const seen = await platform.api(inventory, seller).getStock({ sku })
    const seenByAdmin = await platform.api(inventory, await platform.user(['admin'])).getStock({ sku })

    const { updatedAt, ...rest } = seen
    assert.deepEqual(rest, { sku, sellerId: seller.id, onHand: 7, reserved: 2, available: 5, lowStockAt: 0 })
    assert.ok(!Number.isNaN(Date.parse(updatedAt)))
    assert.deepEqual(seenByAdmin, seen)
  })

  it('cannot be seen or changed by anyone else', async () => {
    const { skus } = await shelf(platform, 7)
    const url = `/api/inventory/${skus[0]}`
    const stranger = await platform.user(['seller'])
    const buyer = await platform.user()

    const calls = [
      ['GET', `${url}/stock`, undefined],
      ['PUT', `${url}/stock`, { onHand: 1 }],
      ['POST', `${url}/adjustments`, { change: 1 }],
      ['GET', `${url}/movements`, undefined],
    ] as const
    for (const [method, path, body] of calls) {
      const asStranger = await platform.request(method, path, { as: stranger, body })
      const asBuyer = await platform.request(method, path, { as: buyer, body })
      const asGuest = await platform.request(method, path, { body })
      const ofNothing = await platform.request(method, path.replace(String(skus[0]), 'NO-SUCH'), { as: stranger, body })
      assert.deepEqual([asStranger.status, asStranger.body.code], [403, 'sku_not_yours'], path)
      assert.deepEqual([asBuyer.status, asBuyer.body.code], [403, 'forbidden'], path)
      assert.deepEqual([asGuest.status, asGuest.body.code], [401, 'token_missing'], path)
      assert.deepEqual([ofNothing.status, ofNothing.body.code], [404, 'sku_unknown'], path)
    }
    assert.deepEqual(await stockOf(platform, skus[0] ?? ''), [7, 0])
  })

  it('is set after counting, once even when the same count is sent again', async () => {
    const { seller, skus } = await shelf(platform, 7)
    const [sku = ''] = skus

    const counted = await platform.api(inventory, seller).setStock({ sku, onHand: 4, note: 'counted in May' })
    await platform.api(inventory, seller).setStock({ sku, onHand: 4, note: 'counted in May' })

    assert.deepEqual([counted.onHand, counted.available], [4, 4])
    const { items } = await platform.api(inventory, seller).listMovements({ sku })
    assert.deepEqual(
      items.map(({ kind, onHand, note }) => [kind, onHand, note]),
      [
        ['set', -3, 'counted in May'],
        ['set', 7, null],
      ],
    )
  })

  it('is adjusted by a positive or negative change', async () => {
    const { seller, skus } = await shelf(platform, 7)
    const [sku = ''] = skus
    const api = platform.api(inventory, seller)

    await api.adjustStock({ sku, change: 5 })
    const adjusted = await api.adjustStock({ sku, change: -2, note: 'broken' })

    assert.equal(adjusted.onHand, 10)
  })

  it('is adjusted once per idempotency key', async () => {
    const { seller, skus } = await shelf(platform, 7)
    const send = () =>
      platform.request('POST', `/api/inventory/${skus[0]}/adjustments`, {
        as: seller,
        body: { change: 3 },
        headers: { 'idempotency-key': 'delivery-1' },
      })

    const answers = await Promise.all([send(), send()])

    assert.deepEqual(answers[0]?.body, answers[1]?.body)
    assert.deepEqual(await stockOf(platform, skus[0] ?? ''), [10, 0])
  })

  it('never falls below the reserved quantity', async () => {
    const { seller, skus } = await shelf(platform, 7)
    const [sku = ''] = skus
    await reserve(sku, 5)

    const set = await platform.request('PUT', `/api/inventory/${sku}/stock`, { as: seller, body: { onHand: 4 } })
    const adjusted = await platform.request('POST', `/api/inventory/${sku}/adjustments`, {
      as: seller,
      body: { change: -3 },
    })

    assert.deepEqual([set.status, set.body.code, set.body.reserved], [409, 'stock_too_low', 5])
    assert.deepEqual([adjusted.status, adjusted.body.code, adjusted.body.available], [409, 'stock_too_low', 2])
    assert.deepEqual(await stockOf(platform, sku), [7, 5])
  })

  it('refuses invalid SKUs and quantities', async () => {
    const { seller, skus } = await shelf(platform, 7)
    const url = `/api/inventory/${skus[0]}`
    const calls = [
      ['GET', '/api/inventory/no%20sku', undefined, 'sku'],
      ['GET', "/api/inventory/A'--/stock", undefined, 'sku'],
      ['PUT', `${url}/stock`, { onHand: -1 }, 'onHand'],
      ['PUT', `${url}/stock`, {}, 'onHand'],
      ['PUT', `${url}/stock`, { onHand: 1, lowStockAt: 0.5 }, 'lowStockAt'],
      ['POST', `${url}/adjustments`, { change: '1' }, 'change'],
      ['POST', `${url}/adjustments`, { change: 1e12 }, 'change'],
      ['POST', `${url}/adjustments`, { change: 1, note: 'x'.repeat(201) }, 'note'],
      ['POST', `${url}/adjustments`, { change: 1, note: 'two\nlines' }, 'note'],
      ['PUT', `${url}/stock`, { onHand: 1, note: 'a\u202eb' }, 'note'],
      ['GET', `${url}/movements?limit=0`, undefined, 'limit'],
      ['GET', `${url}/movements?cursor=nonsense`, undefined, 'cursor'],
      ['GET', `${url}/movements?cursor=${Buffer.from('["x"]').toString('base64url')}`, undefined, 'cursor'],
    ] as const
    for (const [method, path, body, field] of calls) {
      const answer = await platform.request(method, path, { as: seller, body })
      assert.deepEqual(
        [answer.status, answer.body.code, Object.keys(answer.body.errors)],
        [422, 'validation_failed', [field]],
        path,
      )
    }
  })

  it('cannot become negative or oversold, not even by hand in the database', async () => {
    const { skus } = await shelf(platform, 3)
    const [sku = ''] = skus
    const write = (change: ReturnType<typeof sql>) =>
      platform
        .database('inventory')
        .run(sql`update inventory.stock set ${change} where sku = ${sku}`)
        .then(() => 'written', brokenConstraint)

    const constraints = [
      await write(sql`on_hand = -1, reserved = -1`),
      await write(sql`reserved = -1`),
      await write(sql`reserved = 4`),
    ]

    assert.deepEqual(constraints, ['stock_on_hand_not_negative', 'stock_reserved_not_negative', 'stock_not_oversold'])
  })
})

describe('the ledger', () => {
  it('lists every movement, newest first, page by page', async () => {
    const { seller, skus } = await shelf(platform, 10)
    const [sku = ''] = skus
    const { orderId } = await reserve(sku, 4)
    await platform.client(inventory).commit({ orderId })
    await platform.client(inventory).restock({ reference: 'return-7', lines: [{ sku, quantity: 1 }] })

    const api = platform.api(inventory, seller)
    const seen: Movement[] = []
    let cursor: string | undefined
    do {
      const page = await api.listMovements({ sku, limit: 3, ...(cursor && { cursor }) })
      seen.push(...page.items)
      cursor = page.next ?? undefined
    } while (cursor)

    assert.deepEqual(
      seen.map(({ kind, onHand, reserved, reference }) => [kind, onHand, reserved, reference]),
      [
        ['restock', 1, 0, 'return-7'],
        ['commit', -4, -4, orderId],
        ['reserve', 0, 4, orderId],
        ['set', 10, 0, null],
      ],
    )
  })

  it('has an entry for every change: the checker of these tests finds a change without one', async () => {
    const { skus } = await shelf(platform, 3)
    const database = platform.database('inventory')

    await database.run(sql`update inventory.stock set on_hand = 4 where sku = ${skus[0]}`)
    const found = await brokenStock(platform)
    await database.run(sql`update inventory.stock set on_hand = 3 where sku = ${skus[0]}`)

    assert.deepEqual([found, await brokenStock(platform)], [skus, []])
  })
})

describe('loading a catalogue', () => {
  it('registers SKUs, overwrites existing ones, and changes nothing when repeated', async () => {
    const { seller, skus } = await shelf(platform, 5, 6)
    const [a = '', b = ''] = skus
    const another = await platform.user(['seller'])
    const load = () =>
      platform.client(inventory).loadStock({
        items: [
          { sku: a, sellerId: seller.id, onHand: 5 },
          { sku: b, sellerId: another.id, onHand: 2 },
        ],
      })

    const { loaded } = await load()
    await load()

    assert.equal(loaded, 2)
    const stock = await platform.api(inventory, another).getStock({ sku: b })
    assert.deepEqual([stock.onHand, stock.sellerId], [2, another.id])
    const { items } = await platform.api(inventory, another).listMovements({ sku: b })
    assert.deepEqual(
      items.map(({ onHand }) => onHand),
      [-4, 6],
    )
    assert.deepEqual(await stockOf(platform, a), [5, 0])
  })

  it('keeps existing stock on request', async () => {
    const { seller, skus } = await shelf(platform, 5, 0)
    const [entered = '', empty = ''] = skus
    await reserve(entered, 2)

    const items = skus.map((sku) => ({ sku, sellerId: seller.id, onHand: 50 }))
    await platform.client(inventory).loadStock({ items, known: 'keep' })

    assert.deepEqual(
      [await stockOf(platform, entered), await stockOf(platform, empty)],
      [
        [5, 2],
        [50, 0],
      ],
    )
  })

  it('is refused as a whole when one SKU has more reserved than it would have on hand', async () => {
    const { seller, skus } = await shelf(platform, 5, 5)
    const [a = '', b = ''] = skus
    await reserve(b, 4)

    const items = [
      { sku: a, onHand: 9 },
      { sku: b, onHand: 3 },
    ].map((item) => ({ ...item, sellerId: seller.id }))
    const code = await refusal(platform.client(inventory).loadStock({ items }))

    assert.equal(code, 'stock_too_low')
    assert.deepEqual(await stockOf(platform, a), [5, 0])
  })

  it('makes its SKUs available, and unknown ones are omitted', async () => {
    const { skus } = await shelf(platform, 5, 6)

    const listed = await platform.client(inventory).listAvailability({ skus: [...skus, 'NO-SUCH'] })

    assert.deepEqual(
      new Map(listed.map(({ sku, available }) => [sku, available])),
      new Map([
        [skus[0], 5],
        [skus[1], 6],
      ]),
    )
  })

  it('is open to other services only', async () => {
    const paths = ['load', 'availability', 'reservations', 'restocks', `reservations/${newId()}/commit`]
    for (const path of paths) {
      const answer = await platform.request('POST', `/api/inventory/${path}`, {
        as: await platform.user(['admin']),
        body: {},
      })
      assert.ok([403, 404].includes(answer.status), `${path}: ${answer.status}`)
    }
  })
})

describe('an event of stock', () => {
  const newsOf = async (sku: string) => (await platform.events(stockChanged)).filter((news) => news.sku === sku)

  it('has the available quantity and an increasing version', async () => {
    const { skus } = await shelf(platform, 10)
    const [sku = ''] = skus

    await reserve(sku, 4)
    await reserve(sku, 1)

    assert.deepEqual(await newsOf(sku), [
      { sku, available: 10, version: 1 },
      { sku, available: 6, version: 2 },
      { sku, available: 5, version: 3 },
    ])
  })

  it('is not published when a sale leaves the available quantity unchanged', async () => {
    const { skus } = await shelf(platform, 10)
    const [sku = ''] = skus
    const { orderId } = await reserve(sku, 4)

    await platform.client(inventory).commit({ orderId })

    assert.deepEqual(
      (await newsOf(sku)).map(({ available }) => available),
      [10, 6],
    )
  })

  it('warns the seller once per fall to the threshold', async () => {
    const { seller, skus } = await shelf(platform, 10)
    const [sku = ''] = skus
    const api = platform.api(inventory, seller)
    await api.setStock({ sku, onHand: 10, lowStockAt: 5 })

    await reserve(sku, 4)
    await reserve(sku, 1)
    await reserve(sku, 1)
    await api.adjustStock({ sku, change: 10 })
    await api.adjustStock({ sku, change: -12 })

    const warnings = (await platform.events(stockLow)).filter((warning) => warning.sku === sku)
    assert.deepEqual(warnings, [
      { sku, sellerId: seller.id, available: 5, lowStockAt: 5 },
      { sku, sellerId: seller.id, available: 2, lowStockAt: 5 },
    ])
  })

  it('does not warn a seller without a threshold', async () => {
    const { skus } = await shelf(platform, 1)
    const [sku = ''] = skus

    await reserve(sku, 1)

    assert.deepEqual(
      (await platform.events(stockLow)).filter((warning) => warning.sku === sku),
      [],
    )
  })
})
