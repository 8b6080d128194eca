import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { inventory } from '@doran/inventory/contract'
import { newId, sql } from '@doran/kernel'
import { Outage, outlast, type TestUser } from '@doran/kernel/testing'
import { type Order, order } from '@doran/order/contract'
import { payment } from '@doran/payment/contract'
import { openShop, SERVICES, type Shop } from './shop.ts'

const FIVE_MINUTES_MS = 300_000

describe('while a service is unavailable for five minutes', () => {
  const outages = SERVICES.map((service) => new Outage(service))
  const outageOf = (name: string) => outages.find(({ service }) => service.contract.name === name) as Outage
  let shop: Shop
  let buyer: TestUser
  before(async () => {
    shop = await openShop({ services: outages.map(({ service }) => service) })
    buyer = await shop.platform.user()
  })
  afterEach(() => {
    for (const outage of outages) outage.end()
  })
  after(() => shop.close())

  const read = (orderId: string) => shop.platform.api(order, buyer).getOrder({ orderId })
  const available = async (sku: string) => (await shop.platform.api(inventory).getAvailability({ sku })).available
  const moneyOf = async ({ timeline }: Order) => {
    const { paymentId } = timeline.find(({ what }) => what === 'payment_started')?.details ?? {}
    const { status, refunded } = await shop.platform.client(payment).refreshPayment({ paymentId: String(paymentId) })
    return [status, refunded]
  }

  /** Calls `begin` once the payment page is open and the stock is held. */
  async function buy(sku: string, begin: () => void = () => {}): Promise<string> {
    await shop.stock([{ sku, price: 10_000, onHand: 5 }])
    const { id } = await shop.placeOrder(buyer, { [sku]: 2 })
    await shop.platform.api(order, buyer).startPayment({ orderId: id, returnUrl: 'https://shop.example/' })
    begin()
    await shop.pay(buyer, id)
    return id
  }

  async function bought(sku: string): Promise<string> {
    const id = await buy(sku)
    await shop.platform.api(order, buyer).confirmPayment({ orderId: id })
    return id
  }

  async function endure(outage: Outage): Promise<void> {
    await outlast(shop.platform.database('order'), FIVE_MINUTES_MS, () => outage.end())
    await shop.platform.settled()
  }

  for (const kind of ['refuses', 'loses answers'] as const) {
    const how = kind === 'refuses' ? 'executes nothing' : 'loses its answers'

    it(`a cancelled order is refunded and never shipped when the inventory ${how}`, async () => {
      const sku = `RESTOCK-${kind === 'refuses' ? 1 : 2}`
      const id = await bought(sku)
      outageOf('inventory').begin(kind, 'restock')

      await shop.platform.api(order, buyer).cancelOrder({ orderId: id, reason: 'changed my mind' })
      await endure(outageOf('inventory'))

      const cancelled = await read(id)
      assert.ok(outageOf('inventory').failed > 10)
      assert.deepEqual(
        [cancelled.status, cancelled.sellers[0]?.status, cancelled.refunded],
        ['cancelled', 'cancelled', 20_000],
      )
      assert.deepEqual(await moneyOf(cancelled), ['refunded', 20_000])
      assert.equal(await available(sku), 5)
    })

    it(`an order whose money was taken is completed when the inventory ${how}`, async () => {
      const sku = `COMMIT-${kind === 'refuses' ? 1 : 2}`
      outageOf('inventory').begin(kind, 'commit')

      const id = await buy(sku)
      await endure(outageOf('inventory'))

      const paid = await read(id)
      assert.deepEqual([paid.status, paid.sellers[0]?.status], ['paid', 'preparing'])
      assert.deepEqual(await moneyOf(paid), ['captured', 0])
      assert.equal(await available(sku), 3)
    })

    it(`an order whose goods cannot be reserved is given up and refunded when the inventory ${how}`, async () => {
      const sku = `RESERVE-${kind === 'refuses' ? 1 : 2}`

      const id = await buy(sku, () => outageOf('inventory').begin(kind, 'reserve'))
      await endure(outageOf('inventory'))

      const given = await read(id)
      assert.deepEqual([given.status, given.failure?.code], ['cancelled', 'unavailable'])
      assert.deepEqual(await moneyOf(given), ['voided', 0])
      assert.equal(await available(sku), 5)
    })

    it(`an order whose payment cannot be authorised can be paid later when the payment service ${how}`, async () => {
      const sku = `AUTHORISE-${kind === 'refuses' ? 1 : 2}`
      outageOf('payment').begin(kind, 'authorise')

      const id = await buy(sku)
      await endure(outageOf('payment'))

      const open = await read(id)
      assert.deepEqual([open.status, open.failure?.code], ['awaiting_payment', 'unavailable'])
      assert.deepEqual(await moneyOf(open), ['voided', 0])
      await shop.pay(buyer, id)
      assert.equal((await shop.platform.api(order, buyer).confirmPayment({ orderId: id })).status, 'paid')
    })
  }
})

describe('a cancellation', () => {
  let shop: Shop
  let buyer: TestUser
  before(async () => {
    shop = await openShop()
    buyer = await shop.platform.user()
  })
  after(() => shop.close())

  async function bought(sku: string): Promise<Order> {
    await shop.stock([{ sku, price: 10_000, onHand: 5, sellerId: newId() }])
    const { id } = await shop.placeOrder(buyer, { [sku]: 2 })
    await shop.pay(buyer, id)
    return shop.platform.api(order, buyer).confirmPayment({ orderId: id })
  }

  async function cancel(orderId: string): Promise<Order> {
    await shop.platform.api(order, buyer).cancelOrder({ orderId, reason: '' })
    await shop.platform.settled()
    return shop.platform.api(order, buyer).getOrder({ orderId })
  }

  it('lets the order continue when the payment service refuses the refund', async () => {
    const { id, paymentId } = await bought('KEPT')
    const everything = { paymentId: paymentId as string, refundId: newId(), amount: 20_000, reason: 'by hand' }
    await shop.platform.client(payment).refund(everything)

    const kept = await cancel(id)

    assert.deepEqual([kept.status, kept.sellers[0]?.status], ['paid', 'preparing'])
    assert.deepEqual(
      [kept.timeline.at(-1)?.what, kept.timeline.at(-1)?.details.code],
      ['cancel_failed', 'refund_too_large'],
    )
  })

  it('is finished when a process of the previous version has begun it', async () => {
    const { id, paymentId, sellers } = await bought('EARLIER')
    const [cancellationId, sagaId] = [newId(), newId()]
    const lines = [{ sku: 'EARLIER', quantity: 2 }]
    const about = { cancellationId, amount: 20_000, reason: 'earlier' }
    const input = { orderId: id, paymentId, sellerOrderIds: sellers.map((part) => part.id), lines, ...about }
    await shop.platform
      .client(payment)
      .refund({ paymentId: paymentId as string, refundId: cancellationId, amount: 20_000, reason: 'earlier' })
    await shop.platform.client(inventory).restock({ reference: `cancellation:${cancellationId}`, lines })
    const database = shop.platform.database('order')
    await database.run(sql`update "order".seller_orders set status = 'cancelling' where order_id = ${id}`)
    await database.run(sql`
      insert into doran.sagas (id, service, name, version, key, input, step, results)
      values (${sagaId}, 'order', 'cancellation', 1, ${cancellationId}, ${sql.json(input)}, 2,
              '{"refund-payment": {}, "restock": true}')`)
    await database.run(sql`
      insert into doran.tasks (handler, key, payload)
      values ('order/saga:cancellation@1', ${sagaId}, ${sql.json({ saga: sagaId })})`)
    await shop.platform.settled()

    const cancelled = await shop.platform.api(order, buyer).getOrder({ orderId: id })
    assert.deepEqual([cancelled.status, cancelled.refunded], ['cancelled', 20_000])
    assert.equal(cancelled.timeline.at(-1)?.details.notRestocked, undefined)
  })

  it('skips goods that the inventory no longer knows, and names them', async () => {
    const { id } = await bought('SHELVED')
    await shop.platform
      .database('order')
      .run(sql`update "order".order_lines set sku = 'UNSHELVED' where sku = 'SHELVED'`)

    const cancelled = await cancel(id)

    assert.deepEqual([cancelled.status, cancelled.refunded], ['cancelled', 20_000])
    assert.deepEqual(cancelled.timeline.at(-1)?.details.notRestocked, ['UNSHELVED'])
  })
})
