import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { inventory } from '@doran/inventory/contract'
import { newId, sql } from '@doran/kernel'
import { order, orderCancelled, orderPaid } from '@doran/order/contract'
import { product } from '@doran/product/contract'
import { address, openShop, type Shop } from './shop.ts'

const DEAREST = 1_000_000_000
const MOST = 999
const LARGEST_TOTAL = 1_000_000_000_000

let shop: Shop
before(async () => {
  shop = await openShop()
  await shop.stock([
    { sku: 'GIFT', price: 0, onHand: 1_000 },
    { sku: 'RARE-GIFT', price: 0, onHand: 1 },
    { sku: 'WON', price: 1, onHand: 1_000 },
    { sku: 'DEAREST', price: DEAREST, onHand: 10_000 },
    { sku: 'AS-DEAR', price: DEAREST, onHand: 10_000 },
  ])
})
after(() => shop.close())

async function available(sku: string): Promise<number | undefined> {
  const [stock] = await shop.platform.client(inventory).listAvailability({ skus: [sku] })
  return stock?.available
}

async function ordered(skus: Record<string, number>) {
  const buyer = await shop.platform.user()
  const api = shop.platform.api(order, buyer)
  const placed = await shop.placeOrder(buyer, skus)
  return { api, buyer, placed, orderId: placed.id }
}

describe('an order that costs nothing', () => {
  it('is paid without a payment, and its stock is taken once', async () => {
    const before = await available('GIFT')
    const { api, placed, orderId } = await ordered({ GIFT: 3 })

    const paid = await api.confirmPayment({ orderId })
    await shop.platform.settled()

    assert.deepEqual([placed.total, paid.status, paid.paymentId], [0, 'paid', null])
    assert.deepEqual(
      paid.sellers.map(({ status, subtotal }) => [status, subtotal]),
      [['preparing', 0]],
    )
    assert.equal(await available('GIFT'), (before as number) - 3)
    const told = (await shop.platform.events(orderPaid)).filter((event) => event.orderId === orderId)
    assert.deepEqual(
      told.map(({ paymentId }) => paymentId),
      [null],
    )
  })

  it('is cancelled without a refund, and its stock comes back', async () => {
    const { api, orderId } = await ordered({ GIFT: 2 })
    await api.confirmPayment({ orderId })
    const before = await available('GIFT')

    await api.cancelOrder({ orderId, reason: 'one is enough' })
    await shop.platform.settled()

    const cancelled = await api.getOrder({ orderId })
    assert.deepEqual([cancelled.status, cancelled.refunded], ['cancelled', 0])
    assert.equal(await available('GIFT'), (before as number) + 2)
    const told = (await shop.platform.events(orderCancelled)).filter((event) => event.orderId === orderId)
    assert.deepEqual(
      told.map(({ refunded }) => refunded),
      [0],
    )
  })

  it('is cancelled with the reason when another order has taken the last piece', async () => {
    // Both are ordered before either takes the stock.
    const orders = await shop.platform.database('inventory').transaction(async (tx) => {
      await tx.run(sql`select 1 from inventory.stock where sku = 'RARE-GIFT' for update`)
      return [await ordered({ 'RARE-GIFT': 1 }), await ordered({ 'RARE-GIFT': 1 })]
    })

    const ends = await Promise.all(orders.map(({ api, orderId }) => api.confirmPayment({ orderId })))

    assert.deepEqual(ends.map(({ status }) => status).sort(), ['cancelled', 'paid'])
    assert.equal(ends.find(({ status }) => status === 'cancelled')?.failure?.code, 'out_of_stock')
    assert.equal(await available('RARE-GIFT'), 0)
  })

  it('refuses to start a payment', async () => {
    const { api, orderId } = await ordered({ GIFT: 1 })

    await assert.rejects(api.startPayment({ orderId, returnUrl: 'https://shop.example/return' }), {
      code: 'order_not_payable',
    })
  })
})

describe('a part that costs nothing', () => {
  it('is ordered together with a paid one, and cancelled separately without a refund', async () => {
    const { api, buyer, orderId } = await ordered({ GIFT: 1, WON: 5 })
    await shop.pay(buyer, orderId)
    const paid = await api.confirmPayment({ orderId })
    const free = paid.sellers.find(({ subtotal }) => subtotal === 0)?.id as string
    const before = await available('GIFT')

    await api.cancelOrder({ orderId, sellerOrderIds: [free], reason: '' })
    await shop.platform.settled()

    const left = await api.getOrder({ orderId })
    assert.deepEqual([left.status, left.total, left.refunded], ['paid', 5, 0])
    assert.equal(left.sellers.find(({ id }) => id === free)?.status, 'cancelled')
    assert.equal(await available('GIFT'), (before as number) + 1)
  })
})

describe('every price and quantity that a shop may enter', () => {
  const PURCHASES: readonly [string, Record<string, number>, total: number][] = [
    ['one free piece', { GIFT: 1 }, 0],
    ['as many free pieces as a line holds', { GIFT: MOST - 20 }, 0],
    ['one piece for one won', { WON: 1 }, 1],
    ['as many pieces for one won as there are left of a line', { WON: MOST - 20 }, MOST - 20],
    ['one of the dearest pieces', { DEAREST: 1 }, DEAREST],
    ['a full line of the dearest pieces', { DEAREST: MOST }, DEAREST * MOST],
    ['the largest total', { DEAREST: MOST, 'AS-DEAR': 1 }, LARGEST_TOTAL],
  ]
  for (const [what, skus, total] of PURCHASES) {
    it(`can be purchased and cancelled: ${what}`, async () => {
      const { api, buyer, orderId, placed } = await ordered(skus)
      if (total > 0) await shop.pay(buyer, orderId)
      const paid = await api.confirmPayment({ orderId })
      await api.cancelOrder({ orderId, reason: '' })
      await shop.platform.settled()
      const back = await api.getOrder({ orderId })

      assert.deepEqual([placed.total, paid.status, back.status, back.refunded], [total, 'paid', 'cancelled', total])
    })
  }

  it('is refused beyond the limits of an order, by the schema or by an error code', async () => {
    const buyer = await shop.platform.user()
    const api = shop.platform.api(order, buyer)
    const { id } = await api.createCart()
    await api.addLine({ cartId: id, sku: 'DEAREST', quantity: MOST })
    const cart = await api.addLine({ cartId: id, sku: 'AS-DEAR', quantity: 2 })

    await assert.rejects(api.placeOrder({ cartId: id, expectedTotal: cart.total, address, note: '' }), {
      code: 'total_too_large',
      status: 409,
    })
    await assert.rejects(api.setLine({ cartId: id, sku: 'WON', quantity: MOST + 1 }), { code: 'validation_failed' })
    const dearer = { sku: 'DEARER', price: DEAREST + 1, onHand: 1, sellerId: newId() }
    await assert.rejects(shop.stock([dearer]))
    const free = { sku: 'CHEAPER', price: -1, onHand: 1, sellerId: newId() }
    await assert.rejects(shop.stock([free]))
    assert.equal((await shop.platform.client(product).getOffers({ skus: ['DEARER', 'CHEAPER'] })).length, 0)
  })
})
