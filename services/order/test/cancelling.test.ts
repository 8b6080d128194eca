import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { newId, sql } from '@doran/kernel'
import { order } from '@doran/order/contract'
import { payment } from '@doran/payment/contract'
import { openShop, type Shop } from './shop.ts'

describe('cancelling parts of an order', () => {
  let shop: Shop
  before(async () => {
    shop = await openShop()
    await shop.stock([
      { sku: 'TEA', price: 3_000, onHand: 50 },
      { sku: 'CUP', price: 4_000, onHand: 50 },
    ])
  })
  after(() => shop.close())

  async function placed() {
    const buyer = await shop.platform.user()
    const { id } = await shop.placeOrder(buyer, { TEA: 1, CUP: 1 })
    const api = shop.platform.api(order, buyer)
    const { sellers } = await api.getOrder({ orderId: id })
    return { api, buyer, orderId: id, parts: sellers.map((part) => part.id) }
  }

  it('cancels an unpaid order when all of its parts are named', async () => {
    const { api, orderId, parts } = await placed()

    const cancelled = await api.cancelOrder({ orderId, sellerOrderIds: parts, reason: '' })

    assert.equal(cancelled.status, 'cancelled')
  })

  it('prevents a payment page from opening for a payment that was in flight', async () => {
    const { api, buyer, orderId, parts } = await placed()
    const paymentId = newId()
    await shop.platform.database('order').run(sql`
      update "order".orders set payment_id = ${paymentId} where id = ${orderId}`)
    await api.cancelOrder({ orderId, sellerOrderIds: parts, reason: '' })
    await shop.platform.settled()

    const late = shop.platform.client(payment).createPayment({
      paymentId,
      orderId,
      buyerId: buyer.id,
      amount: 7_000,
      currency: 'KRW',
      title: 'late',
      returnUrl: 'https://shop.example/return',
    })

    await assert.rejects(late, { code: 'payment_cancelled' })
  })

  it('leaves an unpaid order as it is when only some of its parts are named', async () => {
    const { api, orderId, parts } = await placed()
    const before = await api.getOrder({ orderId })

    await assert.rejects(api.cancelOrder({ orderId, sellerOrderIds: parts.slice(0, 1), reason: '' }), {
      code: 'order_unpaid_in_part',
      status: 409,
    })

    assert.deepEqual(await api.getOrder({ orderId }), before)
  })

  for (const state of ['awaiting_payment', 'paid', 'cancelled'] as const) {
    it(`refuses a part that the order does not have by name, when the order is ${state}`, async () => {
      const { api, buyer, orderId, parts } = await placed()
      if (state === 'paid') {
        await shop.pay(buyer, orderId)
        await api.confirmPayment({ orderId })
      }
      if (state === 'cancelled') await api.cancelOrder({ orderId, reason: '' })
      const before = await api.getOrder({ orderId })
      const stranger = newId()

      const cancelling = api.cancelOrder({ orderId, sellerOrderIds: [...parts, stranger], reason: '' })

      await assert.rejects(cancelling, { code: 'seller_order_not_found', status: 404, message: new RegExp(stranger) })
      assert.deepEqual([before.status, await api.getOrder({ orderId })], [state, before])
    })
  }

  it('accepts only a reason of one line', async () => {
    const { api, orderId } = await placed()

    await assert.rejects(api.cancelOrder({ orderId, reason: 'a\u001b[2Jb' }), {
      code: 'validation_failed',
      errors: { reason: ['must be at most 200 characters on one line'] },
    })
  })
})
