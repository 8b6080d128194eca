import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import inventoryService from '@doran/inventory'
import { inventory } from '@doran/inventory/contract'
import { newId, sql } from '@doran/kernel'
import { Outage, runJob } from '@doran/kernel/testing'
import { order, orderReduced } from '@doran/order/contract'
import { payment } from '@doran/payment/contract'
import { DECLINED_CARD, openShop, SERVICES, type Shop } from './shop.ts'

const RETURN_URL = 'https://shop.example/return'

let shop: Shop
const inventoryOutage = new Outage(inventoryService)
before(async () => {
  const others = SERVICES.filter((service) => service !== inventoryService)
  shop = await openShop({ services: [inventoryOutage.service, ...others] })
})
after(() => shop.close())

const available = async (sku: string) => (await shop.platform.api(inventory).getAvailability({ sku })).available

async function ordered(skus: Record<string, number>) {
  const buyer = await shop.platform.user()
  const { id: orderId, total } = await shop.placeOrder(buyer, skus)
  const api = shop.platform.api(order, buyer)
  return { api, buyer, orderId, total, goToPay: () => api.startPayment({ orderId, returnUrl: RETURN_URL }) }
}

describe('the stock of an order', () => {
  it('is held when its buyer starts to pay, and a second buyer of the last piece is refused before paying', async () => {
    await shop.stock([{ sku: 'LAST', price: 9_000, onHand: 1 }])
    const [first, second] = [await ordered({ LAST: 1 }), await ordered({ LAST: 1 })]
    await first.goToPay()

    await assert.rejects(second.goToPay(), (error: { code: string; status: number; details: { lines: object } }) => {
      assert.deepEqual([error.code, error.status], ['not_enough_stock', 409])
      assert.deepEqual(error.details.lines, [{ sku: 'LAST', wanted: 1, available: 0 }])
      return true
    })

    const waiting = await second.api.getOrder({ orderId: second.orderId })
    assert.deepEqual([waiting.status, waiting.paymentId, waiting.timeline.length], ['awaiting_payment', null, 1])
    await shop.pay(first.buyer, first.orderId)
    assert.equal((await first.api.confirmPayment({ orderId: first.orderId })).status, 'paid')
  })

  it('goes to as many concurrent buyers as there are pieces, and each of them can pay', async () => {
    await shop.stock([{ sku: 'FEW', price: 1_000, onHand: 4 }])
    const buyers = []
    for (let count = 0; count < 10; count++) buyers.push(await ordered({ FEW: 1 }))

    const answers = await Promise.all(
      buyers.map((buyer) =>
        buyer.goToPay().then(
          () => buyer,
          (error) => error.code as string,
        ),
      ),
    )
    const lucky = answers.filter((answer) => typeof answer !== 'string')
    for (const { buyer, orderId } of lucky) await shop.pay(buyer, orderId)
    const ends = await Promise.all(lucky.map(({ api, orderId }) => api.confirmPayment({ orderId })))

    assert.deepEqual(
      answers.filter((answer) => typeof answer === 'string'),
      Array(6).fill('not_enough_stock'),
    )
    assert.deepEqual(
      ends.map(({ status }) => status),
      Array(4).fill('paid'),
    )
    assert.equal(await available('FEW'), 0)
  })

  it('stays held after a declined card, for another try', async () => {
    await shop.stock([{ sku: 'KEPT', price: 1_000, onHand: 1 }])
    const [first, second] = [await ordered({ KEPT: 1 }), await ordered({ KEPT: 1 })]
    await shop.pay(first.buyer, first.orderId, DECLINED_CARD)
    assert.ok((await first.api.confirmPayment({ orderId: first.orderId })).failure)

    await assert.rejects(second.goToPay(), { code: 'not_enough_stock' })
    await shop.pay(first.buyer, first.orderId)

    assert.equal((await first.api.confirmPayment({ orderId: first.orderId })).status, 'paid')
  })

  it('is available to others once the order is cancelled', async () => {
    await shop.stock([{ sku: 'BACK', price: 1_000, onHand: 1 }])
    const [first, second] = [await ordered({ BACK: 1 }), await ordered({ BACK: 1 })]
    await first.goToPay()
    await first.api.cancelOrder({ orderId: first.orderId, reason: '' })
    await shop.platform.settled()

    await shop.pay(second.buyer, second.orderId)

    assert.equal((await second.api.confirmPayment({ orderId: second.orderId })).status, 'paid')
  })

  it('is held for as long as the order can be paid, and available to others once it expires', async () => {
    await shop.stock([{ sku: 'TIMED', price: 1_000, onHand: 1 }])
    const { orderId, goToPay } = await ordered({ TIMED: 1 })
    const { expiresAt } = await goToPay()
    const held = await shop.platform
      .database('inventory')
      .one<{ until: string }>(sql`select expires_at as until from inventory.reservations where order_id = ${orderId}`)
    assert.ok(Date.parse(held.until) > Date.parse(expiresAt))

    await shop.platform
      .database('order')
      .run(sql`update "order".orders set expires_at = now() - interval '1 second' where id = ${orderId}`)
    await runJob(shop.platform, 'order/job:expire-unpaid-orders')

    assert.equal(await available('TIMED'), 1)
  })

  it('is not held when the start of the payment and a cancellation cross', async () => {
    await shop.stock([{ sku: 'CROSS', price: 1_000, onHand: 5 }])
    for (let count = 0; count < 5; count++) {
      const { api, orderId, goToPay } = await ordered({ CROSS: 1 })
      await Promise.allSettled([goToPay(), api.cancelOrder({ orderId, reason: '' })])
    }
    await shop.platform.settled()

    assert.equal(await available('CROSS'), 5)
  })

  it('has all money refunded, with the reason, when it was released too early and sold to another buyer', async () => {
    await shop.stock([{ sku: 'GONE', price: 9_000, onHand: 1 }])
    const [quick, slow] = [await ordered({ GONE: 1 }), await ordered({ GONE: 1 })]
    await slow.goToPay()
    await shop.platform
      .database('inventory')
      .run(sql`update inventory.reservations set expires_at = now() where order_id = ${slow.orderId}`)
    await runJob(shop.platform, 'inventory/job:release-expired')
    await shop.pay(quick.buyer, quick.orderId)
    await quick.api.confirmPayment({ orderId: quick.orderId })

    await shop.pay(slow.buyer, slow.orderId)
    const refused = await slow.api.confirmPayment({ orderId: slow.orderId })

    assert.deepEqual([refused.status, refused.failure?.code], ['cancelled', 'out_of_stock'])
    const { status } = await shop.platform.client(payment).refreshPayment({ paymentId: refused.paymentId as string })
    assert.equal(status, 'voided')
    assert.equal(await available('GONE'), 0)
  })
})

describe('an order with missing stock', () => {
  /** An order of two pieces of one seller, of which one is left, and of goods of another seller. */
  async function scarce() {
    const name = newId().slice(-12).toUpperCase()
    const [rare, plenty] = [`RARE-${name}`, `PLENTY-${name}`]
    await shop.stock([
      { sku: rare, price: 5_000, onHand: 2 },
      { sku: plenty, price: 700, onHand: 9 },
    ])
    const [mine, other] = [await ordered({ [rare]: 2, [plenty]: 3 }), await ordered({ [rare]: 1 })]
    await other.goToPay()
    await assert.rejects(mine.goToPay(), { code: 'not_enough_stock' })
    return { ...mine, other, rare, plenty }
  }

  it('continues with the goods of the other seller', async () => {
    const { api, buyer, orderId, rare, plenty } = await scarce()

    const reduced = await api.reduceOrder({ orderId, lines: [{ sku: rare, quantity: 0 }] })
    await shop.pay(buyer, orderId)
    const paid = await api.confirmPayment({ orderId })

    assert.deepEqual([reduced.status, reduced.total, reduced.sellers.length], ['awaiting_payment', 2_100, 1])
    assert.deepEqual([paid.status, paid.total, await available(plenty)], ['paid', 2_100, 6])
    assert.deepEqual(
      paid.timeline.map(({ what }) => what),
      ['placed', 'reduced', 'payment_started', 'payment_approved', 'paid'],
    )
    const told = (await shop.platform.events(orderReduced)).filter((event) => event.orderId === orderId)
    assert.deepEqual(
      told.map(({ total, sellers }) => [total, sellers.length]),
      [[2_100, 1]],
    )
  })

  it('continues with the pieces that are left', async () => {
    const { api, buyer, orderId, rare } = await scarce()

    const reduced = await api.reduceOrder({ orderId, lines: [{ sku: rare, quantity: 1 }] })
    await shop.pay(buyer, orderId)

    assert.equal(reduced.total, 7_100)
    assert.equal((await api.confirmPayment({ orderId })).status, 'paid')
    assert.equal(await available(rare), 0)
  })

  it('keeps its hold when an answer of the inventory was lost, and cannot be reduced then', async () => {
    await shop.stock([{ sku: 'LOST', price: 1_000, onHand: 2 }])
    const { api, buyer, orderId, goToPay } = await ordered({ LOST: 2 })
    inventoryOutage.begin('loses answers', 'reserve')
    await assert.rejects(goToPay(), { code: 'outcome_unknown' })

    const reduction = api.reduceOrder({ orderId, lines: [{ sku: 'LOST', quantity: 1 }] })
    await assert.rejects(reduction, { code: 'order_not_reducible' })
    await assert.rejects(api.confirmPayment({ orderId }), { code: 'payment_not_started' })
    inventoryOutage.end()
    await shop.pay(buyer, orderId)

    assert.equal((await api.confirmPayment({ orderId })).status, 'paid')
    assert.equal(await available('LOST'), 0)
  })

  it('can be reduced when the inventory was unavailable at first and then has too little stock', async () => {
    await shop.stock([{ sku: 'AWAY', price: 1_000, onHand: 2 }])
    const [mine, other] = [await ordered({ AWAY: 2 }), await ordered({ AWAY: 1 })]
    inventoryOutage.begin('refuses', 'reserve')
    await assert.rejects(mine.goToPay(), { code: 'service_unavailable' })
    inventoryOutage.end()
    await other.goToPay()
    await assert.rejects(mine.goToPay(), { code: 'not_enough_stock' })

    await mine.api.reduceOrder({ orderId: mine.orderId, lines: [{ sku: 'AWAY', quantity: 1 }] })
    await shop.pay(mine.buyer, mine.orderId)

    assert.equal((await mine.api.confirmPayment({ orderId: mine.orderId })).status, 'paid')
  })

  it('needs no payment when only free goods are left', async () => {
    await shop.stock([
      { sku: 'PAID-FOR', price: 5_000, onHand: 1 },
      { sku: 'FREE', price: 0, onHand: 1 },
    ])
    const { api, orderId } = await ordered({ 'PAID-FOR': 1, FREE: 1 })

    const reduced = await api.reduceOrder({ orderId, lines: [{ sku: 'PAID-FOR', quantity: 0 }] })
    const paid = await api.confirmPayment({ orderId })

    assert.deepEqual([reduced.total, reduced.status, paid.status], [0, 'processing', 'paid'])
  })

  it('cannot be reduced to other goods, to more than it has, or to nothing', async () => {
    const { api, orderId, rare, plenty } = await scarce()
    const before = await api.getOrder({ orderId })
    const reduce = (lines: { sku: string; quantity: number }[]) => api.reduceOrder({ orderId, lines })

    await assert.rejects(reduce([{ sku: 'SOMETHING-ELSE', quantity: 0 }]), { code: 'order_not_reducible' })
    await assert.rejects(reduce([{ sku: rare, quantity: 2 }]), { code: 'order_not_reducible', status: 409 })
    await assert.rejects(
      reduce([
        { sku: rare, quantity: 0 },
        { sku: plenty, quantity: 0 },
      ]),
      { code: 'order_not_reducible', message: /cancel it instead/ },
    )
    await assert.rejects(reduce([{ sku: rare, quantity: -1 }]), { code: 'validation_failed' })

    assert.deepEqual(await api.getOrder({ orderId }), before)
  })

  it('cannot be reduced once its stock is held, once it is paid, or by another user', async () => {
    const { other, rare } = await scarce()
    const { api, buyer, orderId } = other
    const reduction = { orderId, lines: [{ sku: rare, quantity: 0 }] }
    const stranger = shop.platform.api(order, await shop.platform.user())

    await assert.rejects(api.reduceOrder(reduction), { code: 'order_not_reducible', message: /its stock is held/ })
    await shop.pay(buyer, orderId)
    await api.confirmPayment({ orderId })

    await assert.rejects(api.reduceOrder(reduction), { code: 'order_not_payable' })
    await assert.rejects(stranger.reduceOrder(reduction), { code: 'order_not_found' })
  })
})
