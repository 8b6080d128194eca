import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { newId, publish } from '@doran/kernel'
import type { TestUser } from '@doran/kernel/testing'
import { type Order, order } from '@doran/order/contract'
import { payment } from '@doran/payment/contract'
import { payByCard } from '@doran/payment-sandbox'
import { userStatusChanged } from '@doran/user/contract'
import { address, CARD, openShop, type Shop } from './shop.ts'

describe('a closed shop', () => {
  let shop: Shop
  let buyer: TestUser
  let count = 0
  before(async () => {
    shop = await openShop()
    buyer = await shop.platform.user()
  })
  after(() => shop.close())

  /** A seller with something in stock. */
  async function aSeller() {
    const [sellerId, sku] = [newId(), `CLOSED-${++count}`]
    await shop.stock([{ sku, price: 9_000, onHand: 9, sellerId }])
    return { sellerId, sku }
  }

  let version = 1
  async function setStatus(userId: string, status: 'active' | 'suspended' | 'withdrawn'): Promise<void> {
    const news = { userId, version: ++version, status, previous: 'active' as const }
    await shop.platform.database('product').transaction((tx) => publish(tx, userStatusChanged, news))
    await shop.platform.settled()
  }

  const api = () => shop.platform.api(order, buyer)
  const startPayment = (orderId: string) =>
    shop.platform.request('POST', `/api/orders/${orderId}/payment`, {
      as: buyer,
      body: { returnUrl: 'https://shop.example/return' },
    })
  const statusOf = async ({ paymentId }: Pick<Order, 'paymentId'>) =>
    (await shop.platform.client(payment).refreshPayment({ paymentId: paymentId as string })).status

  it('has nothing that can be ordered, which the cart shows', async () => {
    const { sellerId, sku } = await aSeller()
    const { id: cartId } = await api().createCart()
    await api().addLine({ cartId, sku, quantity: 1 })

    await setStatus(sellerId, 'suspended')

    const cart = await api().getCart({ cartId })
    assert.deepEqual([cart.lines.map(({ problem }) => problem), cart.total], [['not_on_sale'], 0])
    await assert.rejects(api().placeOrder({ cartId, expectedTotal: 0, address, note: '' }), { code: 'sku_not_on_sale' })
    await assert.rejects(api().addLine({ cartId, sku, quantity: 1 }), { code: 'sku_not_on_sale' })
    await api().removeLine({ cartId, sku })
  })

  it('cannot be paid for earlier orders until it opens again', async () => {
    const { sellerId, sku } = await aSeller()
    const { id: orderId } = await shop.placeOrder(buyer, { [sku]: 1 })

    await setStatus(sellerId, 'suspended')
    const refused = await startPayment(orderId)
    await setStatus(sellerId, 'active')
    const opened = await startPayment(orderId)

    assert.deepEqual([refused.status, refused.body.code, opened.status], [409, 'shop_closed', 200])
  })

  it('gets nothing of a payment that was approved while it closed, and the buyer gets all of it back', async () => {
    const { sellerId, sku } = await aSeller()
    const other = await aSeller()
    const { id: orderId } = await shop.placeOrder(buyer, { [sku]: 1, [other.sku]: 2 })
    const { body } = await startPayment(orderId)
    await setStatus(sellerId, 'withdrawn')

    await payByCard(body.paymentUrl, CARD)
    await api().confirmPayment({ orderId })
    await shop.platform.settled()

    const found = await api().getOrder({ orderId })
    assert.deepEqual(
      [found.status, found.failure?.code, found.paymentId, await statusOf(body)],
      ['awaiting_payment', 'shop_closed', null, 'voided'],
    )
  })

  it('leaves paid parts to administrators, who may cancel them', async () => {
    const { sellerId, sku } = await aSeller()
    const { id: orderId } = await shop.placeOrder(buyer, { [sku]: 2 })
    await shop.pay(buyer, orderId)
    await api().confirmPayment({ orderId })
    const admin = shop.platform.api(order, await shop.platform.user(['admin']))
    const partsOf = async () =>
      (await admin.listOrdersOfClosedShops({ limit: 100 })).items.filter((part) => part.sellerId === sellerId)
    assert.deepEqual(await partsOf(), [])

    await setStatus(sellerId, 'suspended')

    const [part] = await partsOf()
    assert.deepEqual(
      [part?.orderId, part?.buyerId, part?.status, part?.subtotal],
      [orderId, buyer.id, 'preparing', 18_000],
    )
    await admin.cancelOrder({ orderId, sellerOrderIds: [part?.id as string], reason: 'The shop is closed.' })
    await shop.platform.settled()
    assert.deepEqual(await partsOf(), [])
  })

  it('has its orders listed for administrators only', async () => {
    for (const roles of [[], ['seller']]) {
      const { status } = await shop.platform.request('GET', '/api/moderation/orders', {
        as: await shop.platform.user(roles),
      })
      assert.equal(status, 403)
    }
  })
})
