import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { inventory } from '@doran/inventory/contract'
import { newId, sql } from '@doran/kernel'
import { Outage, type TestUser } from '@doran/kernel/testing'
import { order, orderHeld, orderResumed } from '@doran/order/contract'
import { payment } from '@doran/payment/contract'
import { giveBackPastDoran, openShop, refundAtProvider, SERVICES, type Shop } from './shop.ts'

describe('an order whose money was refunded directly at the provider', () => {
  let shop: Shop
  let admin: TestUser
  before(async () => {
    shop = await openShop()
    admin = await shop.platform.user(['admin'])
  })
  after(() => shop.close())

  /** A paid order of two pieces at 3,000. `amount` is refunded at the provider, and the reconciliation finds it. */
  async function charged(amount: number) {
    const sku = `BACK-${newId().slice(-12).toUpperCase()}`
    const seller = await shop.platform.user(['seller'])
    await shop.stock([{ sku, price: 3_000, onHand: 2, sellerId: seller.id }])
    const buyer = await shop.platform.user()
    const { id: orderId } = await shop.placeOrder(buyer, { [sku]: 2 })
    await shop.pay(buyer, orderId)
    const api = shop.platform.api(order, buyer)
    const { paymentId } = await api.confirmPayment({ orderId })
    await giveBackPastDoran(shop, paymentId as string, amount)
    return { api, seller, orderId, sku, paymentId: paymentId as string }
  }

  const decide = (orderId: string, decision: 'resume' | 'cancel') =>
    shop.platform.api(order, admin).decideHeldOrder({ orderId, decision, reason: 'talked to the buyer' })
  const refunded = async (paymentId: string) =>
    (await shop.platform.client(payment).refreshPayment({ paymentId })).refunded

  it('is held, which its seller sees, and its buyer cannot get the money twice', async () => {
    const { api, seller, orderId } = await charged(6_000)

    const held = await api.getOrder({ orderId })
    const { items } = await shop.platform.api(order, seller).listSellerOrders({})
    assert.deepEqual(
      [held.status, held.sellers[0]?.held, held.timeline.at(-1)?.what, items[0]?.held],
      ['paid', true, 'held', true],
    )
    await assert.rejects(api.cancelOrder({ orderId, reason: '' }), { code: 'order_not_cancellable' })
    const told = (await shop.platform.events(orderHeld)).filter((event) => event.orderId === orderId)
    assert.deepEqual(
      told.map(({ returned }) => returned),
      [6_000],
    )
  })

  it('resumes when an administrator decides so', async () => {
    const { orderId } = await charged(6_000)

    const resumed = await decide(orderId, 'resume')

    assert.deepEqual([resumed.sellers[0]?.held, resumed.sellers[0]?.status], [false, 'preparing'])
    const told = (await shop.platform.events(orderResumed)).filter((event) => event.orderId === orderId)
    assert.equal(told.length, 1)
    await assert.rejects(decide(orderId, 'cancel'), { code: 'order_not_held', status: 409 })
  })

  for (const amount of [6_000, 1_000]) {
    it(`is cancelled when an administrator decides so: after ${amount} only the rest is refunded, and goods are restocked`, async () => {
      const { api, orderId, sku, paymentId } = await charged(amount)

      await decide(orderId, 'cancel')
      await shop.platform.settled()

      const cancelled = await api.getOrder({ orderId })
      assert.deepEqual([cancelled.status, cancelled.refunded], ['cancelled', 6_000])
      assert.equal(await refunded(paymentId), 6_000)
      assert.equal((await shop.platform.api(inventory).getAvailability({ sku })).available, 2)
    })
  }

  it('can be decided by administrators only, and only while it is held', async () => {
    const { api, orderId } = await charged(6_000)

    await assert.rejects(api.decideHeldOrder({ orderId, decision: 'resume', reason: '' }), { code: 'forbidden' })
    await assert.rejects(decide(newId(), 'resume'), { code: 'order_not_found' })
    const { status, body } = await shop.platform.request('POST', `/api/orders/${orderId}/decision`, {
      as: admin,
      body: { decision: 'ship' },
    })
    assert.deepEqual([status, Object.keys(body.errors)], [422, ['decision']])
  })
})

describe('money that is refunded at the provider while a saga of the order runs', () => {
  const watched = SERVICES.map((service) => new Outage(service))
  let shop: Shop
  before(async () => {
    shop = await openShop({ services: watched.map(({ service }) => service) })
  })
  after(() => shop.close())

  /**
   * Refunds all of the order's money, and lets the order learn of it, before the service answers its next such call.
   */
  function giveAllBackBefore(service: string, operation: string): void {
    const about = watched.find((one) => one.service.contract.name === service) as Outage
    about.beforeCall = async (called) => {
      if (called !== operation) return
      about.beforeCall = () => {}
      const database = shop.platform.database('order')
      const find = () =>
        database.one<{ paymentId: string; returned: number }>(sql`
          select payment_id as "paymentId", returned from "order".orders order by id desc limit 1`)
      await refundAtProvider(shop, (await find()).paymentId, 6_000)
      while ((await find()).returned === 0) await new Promise((wake) => setTimeout(wake, 5))
    }
  }

  async function pay(sku: string) {
    await shop.stock([{ sku, price: 3_000, onHand: 2 }])
    const buyer = await shop.platform.user()
    const { id: orderId } = await shop.placeOrder(buyer, { [sku]: 2 })
    await shop.pay(buyer, orderId)
    const api = shop.platform.api(order, buyer)
    await api.confirmPayment({ orderId })
    await shop.platform.settled()
    return { api, orderId }
  }

  async function assertHeld(orderId: string, api: Awaited<ReturnType<typeof pay>>['api']): Promise<void> {
    const { status, sellers } = await api.getOrder({ orderId })
    assert.deepEqual([status, sellers[0]?.status, sellers[0]?.held], ['paid', 'preparing', true])
    const told = (await shop.platform.events(orderHeld)).findLast((event) => event.orderId === orderId)
    assert.deepEqual([told?.returned, told?.sellers.length], [6_000, 1])
  }

  it('holds the parts as soon as they are paid', async () => {
    giveAllBackBefore('inventory', 'commit')

    const { api, orderId } = await pay('CHECKOUT')

    await assertHeld(orderId, api)
  })

  it('holds the parts when their cancellation is refused because no money is left to refund', async () => {
    const { api, orderId } = await pay('CANCELLATION')
    giveAllBackBefore('payment', 'refund')

    await api.cancelOrder({ orderId, reason: 'changed my mind' })
    await shop.platform.settled()

    await assertHeld(orderId, api)
  })
})
