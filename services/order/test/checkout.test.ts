import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { inventory } from '@doran/inventory/contract'
import { newId, sql } from '@doran/kernel'
import { runJob } from '@doran/kernel/testing'
import { type Order, order, orderCancelled, orderPaid } from '@doran/order/contract'
import { payment } from '@doran/payment/contract'
import { isOrderNumber, newOrderNumber } from '../order-number.ts'
import { assertReturnUrl } from '../return-url.ts'
import { address, DECLINED_CARD, openShop, type Shop } from './shop.ts'

describe('an order', () => {
  let shop: Shop
  before(async () => {
    shop = await openShop()
  })
  after(() => shop.close())

  const available = async (sku: string) => (await shop.platform.api(inventory).getAvailability({ sku })).available
  const paymentOf = async ({ paymentId }: Order) =>
    shop.platform.client(payment).refreshPayment({ paymentId: paymentId as string })

  it('is returned by its placing exactly as it is read afterwards', async () => {
    await shop.stock([
      { sku: 'A1', price: 10_000, onHand: 5, sellerId: newId() },
      { sku: 'A2', price: 2_500, onHand: 5, sellerId: newId() },
    ])
    const buyer = await shop.platform.user()
    const placed = await shop.placeOrder(buyer, { A1: 2, A2: 1 })

    assert.deepEqual(await shop.platform.api(order, buyer).getOrder({ orderId: placed.id }), placed)
  })

  it('takes money and stock once when it is paid, and is split by seller', async () => {
    const [one, two] = [newId(), newId()]
    await shop.stock([
      { sku: 'P1', price: 10_000, onHand: 5, sellerId: one },
      { sku: 'P2', price: 2_500, onHand: 5, sellerId: two },
      { sku: 'P3', price: 700, onHand: 5, sellerId: one },
    ])
    const buyer = await shop.platform.user()
    const placed = await shop.placeOrder(buyer, { P1: 2, P2: 1, P3: 1 })
    await shop.pay(buyer, placed.id)

    const paid = await shop.platform.api(order, buyer).confirmPayment({ orderId: placed.id })

    assert.deepEqual(
      [paid.status, paid.total, paid.sellers.map(({ subtotal }) => subtotal)],
      ['paid', 23_200, [20_700, 2_500]],
    )
    assert.deepEqual(
      paid.sellers.map(({ status }) => status),
      ['preparing', 'preparing'],
    )
    assert.deepEqual(
      paid.timeline.map(({ what }) => what),
      ['placed', 'payment_started', 'payment_approved', 'paid'],
    )
    assert.equal((await paymentOf(paid)).status, 'captured')
    assert.deepEqual([await available('P1'), await available('P2'), await available('P3')], [3, 4, 4])
    await shop.platform.settled()
    assert.equal((await shop.platform.events(orderPaid)).filter(({ orderId }) => orderId === placed.id).length, 1)
  })

  it('is completed by the provider’s webhook when the buyer does not come back', async () => {
    await shop.stock([{ sku: 'W1', price: 1_000, onHand: 1 }])
    const buyer = await shop.platform.user()
    const placed = await shop.placeOrder(buyer, { W1: 1 })
    await shop.pay(buyer, placed.id)

    assert.equal(await outcome(shop, buyer, placed.id), 'paid')
  })

  it('can be paid with another card after one was declined', async () => {
    await shop.stock([{ sku: 'D1', price: 1_000, onHand: 1 }])
    const buyer = await shop.platform.user()
    const placed = await shop.placeOrder(buyer, { D1: 1 })
    const api = shop.platform.api(order, buyer)
    await shop.pay(buyer, placed.id, DECLINED_CARD)
    const declined = await api.confirmPayment({ orderId: placed.id })
    // The stock stays held, because the buyer may try another card.
    assert.deepEqual([declined.status, declined.paymentId, await available('D1')], ['awaiting_payment', null, 0])
    assert.ok(declined.failure?.message)

    await shop.pay(buyer, placed.id)
    const paid = await api.confirmPayment({ orderId: placed.id })

    assert.deepEqual([paid.status, paid.failure, await available('D1')], ['paid', null, 0])
  })

  it('is refused with the new total when it differs from the one that the buyer saw', async () => {
    await shop.stock([{ sku: 'T1', price: 3_000, onHand: 9 }])
    const api = shop.platform.api(order, await shop.platform.user())
    const { id } = await api.createCart()
    await api.addLine({ cartId: id, sku: 'T1', quantity: 1 })

    await assert.rejects(api.placeOrder({ cartId: id, expectedTotal: 2_999, address, note: '' }), {
      code: 'total_changed',
      message: /3000 now, not 2999/,
    })
  })

  it('cannot be placed for an empty cart, for goods out of stock, or twice for one cart', async () => {
    await shop.stock([{ sku: 'E1', price: 3_000, onHand: 1 }])
    const api = shop.platform.api(order, await shop.platform.user())
    const { id } = await api.createCart()
    const place = () => api.placeOrder({ cartId: id, expectedTotal: 3_000, address, note: '' })

    await assert.rejects(place(), { code: 'cart_empty' })
    await api.addLine({ cartId: id, sku: 'E1', quantity: 2 })
    await assert.rejects(place(), (error: { code: string; details: object }) => {
      assert.equal(error.code, 'not_enough_stock')
      assert.deepEqual((error.details as { lines: object }).lines, [{ sku: 'E1', wanted: 2, available: 1 }])
      return true
    })
    await api.setLine({ cartId: id, sku: 'E1', quantity: 1 })
    const both = await Promise.allSettled([place(), place()])
    assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
    assert.equal((both.find(({ status }) => status === 'rejected') as PromiseRejectedResult).reason.code, 'cart_closed')
  })

  it('is placed once by two requests with one idempotency key', async () => {
    await shop.stock([{ sku: 'I1', price: 3_000, onHand: 5 }])
    const buyer = await shop.platform.user()
    const api = shop.platform.api(order, buyer)
    const { id } = await api.createCart()
    await api.addLine({ cartId: id, sku: 'I1', quantity: 1 })
    const place = () => api.placeOrder({ cartId: id, expectedTotal: 3_000, address, note: '' }, { key: 'order-once' })

    const placed = await Promise.all([place(), place(), place()])

    assert.equal(new Set(placed.map((order) => JSON.stringify(order))).size, 1)
    assert.equal((await api.listOrders({})).items.length, 1)
  })

  it('can be cancelled before it is paid, and a later approval takes no money', async () => {
    await shop.stock([{ sku: 'C1', price: 3_000, onHand: 5 }])
    const buyer = await shop.platform.user()
    const api = shop.platform.api(order, buyer)
    const placed = await shop.placeOrder(buyer, { C1: 1 })
    const { paymentId } = await api.startPayment({ orderId: placed.id, returnUrl: 'https://shop.example/' })

    const cancelled = await api.cancelOrder({ orderId: placed.id, reason: '마음이 바뀜' })
    await shop.platform.settled()

    assert.deepEqual([cancelled.status, cancelled.sellers[0]?.status], ['cancelled', 'cancelled'])
    assert.equal((await shop.platform.client(payment).refreshPayment({ paymentId })).status, 'voided')
    await assert.rejects(api.startPayment({ orderId: placed.id, returnUrl: 'https://shop.example/' }), {
      code: 'order_not_payable',
    })
  })

  it('can be cancelled in part and then as a whole after it is paid: money and stock come back exactly', async () => {
    await shop.stock([
      { sku: 'R1', price: 3_000, onHand: 5 },
      { sku: 'R2', price: 4_000, onHand: 5 },
    ])
    const buyer = await shop.platform.user()
    const api = shop.platform.api(order, buyer)
    const placed = await shop.placeOrder(buyer, { R1: 2, R2: 1 })
    await shop.pay(buyer, placed.id)
    const paid = await api.confirmPayment({ orderId: placed.id })
    const part = paid.sellers.find(({ subtotal }) => subtotal === 6_000)?.id as string

    const asked = await api.cancelOrder({ orderId: placed.id, sellerOrderIds: [part], reason: 'too many' })
    assert.equal(asked.sellers.find(({ id }) => id === part)?.status, 'cancelling')
    await shop.platform.settled()
    const half = await api.getOrder({ orderId: placed.id })
    assert.deepEqual([half.status, half.refunded, await available('R1'), await available('R2')], ['paid', 6_000, 5, 4])

    await api.cancelOrder({ orderId: placed.id, reason: '' })
    await shop.platform.settled()
    const whole = await api.getOrder({ orderId: placed.id })
    assert.deepEqual([whole.status, whole.refunded, await available('R2')], ['cancelled', 10_000, 5])
    assert.deepEqual([(await paymentOf(whole)).status, (await paymentOf(whole)).refunded], ['refunded', 10_000])
    await assert.rejects(api.cancelOrder({ orderId: placed.id, reason: '' }), { code: 'order_not_cancellable' })
    const events = (await shop.platform.events(orderCancelled)).filter(({ orderId }) => orderId === placed.id)
    assert.deepEqual(
      events.map(({ refunded }) => refunded),
      [6_000, 4_000],
    )
  })

  it('is refunded once when two requests cancel it concurrently', async () => {
    await shop.stock([{ sku: 'CC', price: 3_000, onHand: 5 }])
    const buyer = await shop.platform.user()
    const api = shop.platform.api(order, buyer)
    const placed = await shop.placeOrder(buyer, { CC: 1 })
    await shop.pay(buyer, placed.id)
    await api.confirmPayment({ orderId: placed.id })

    const both = await Promise.allSettled([
      api.cancelOrder({ orderId: placed.id, reason: '' }),
      api.cancelOrder({ orderId: placed.id, reason: '' }),
    ])
    await shop.platform.settled()

    assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
    assert.equal((await api.getOrder({ orderId: placed.id })).refunded, 3_000)
    assert.equal(await available('CC'), 5)
  })

  it('expires when it is not paid in time', async () => {
    await shop.stock([{ sku: 'X1', price: 3_000, onHand: 5 }])
    const buyer = await shop.platform.user()
    const placed = await shop.placeOrder(buyer, { X1: 1 })
    const database = shop.platform.database('order')
    await database.run(sql`update "order".orders set expires_at = now() - interval '1 second' where id = ${placed.id}`)
    await runJob(shop.platform, 'order/job:expire-unpaid-orders')

    const expired = await shop.platform.api(order, buyer).getOrder({ orderId: placed.id })

    assert.deepEqual([expired.status, expired.timeline.at(-1)?.what], ['expired', 'expired'])
  })

  it('gets a long number when every short number that it draws is taken', async () => {
    await shop.stock([{ sku: 'NUMBERED', price: 1_000, onHand: 9 }])
    const taken = await shop.placeOrder(await shop.platform.user(), { NUMBERED: 1 })
    const database = shop.platform.database('order')
    const { number } = await database.one<{ number: string }>(
      sql`select number from "order".orders where id = ${taken.id}`,
    )
    await database.run(sql`
      create function "order".draw_again() returns trigger language plpgsql as $$ begin
        if length(new.number) = 16 then new.number := tg_argv[0]; end if;
        return new;
      end $$`)
    await database.run(sql`
      create trigger draw_again before insert on "order".orders for each row execute function "order".draw_again(${sql.raw(`'${number}'`)})`)

    const placed = await shop
      .placeOrder(await shop.platform.user(), { NUMBERED: 1 })
      .finally(() => database.run(sql`drop trigger draw_again on "order".orders`))

    const found = await database.one<{ number: string }>(sql`select number from "order".orders where id = ${placed.id}`)
    assert.ok(isOrderNumber(found.number))
    assert.equal(found.number.length, 21)
  })

  it('is visible only to its buyer and its sellers, who see their own part', async () => {
    const seller = await shop.platform.user(['seller'])
    await shop.stock([
      { sku: 'V1', price: 3_000, onHand: 5, sellerId: seller.id },
      { sku: 'V2', price: 4_000, onHand: 5 },
    ])
    const [buyer, stranger, admin] = [
      await shop.platform.user(),
      await shop.platform.user(),
      await shop.platform.user(['admin']),
    ]
    const placed = await shop.placeOrder(buyer, { V1: 1, V2: 1 })
    await shop.pay(buyer, placed.id)
    await shop.platform.api(order, buyer).confirmPayment({ orderId: placed.id })

    await assert.rejects(shop.platform.api(order, stranger).getOrder({ orderId: placed.id }), {
      code: 'order_not_found',
      status: 404,
    })
    await assert.rejects(shop.platform.api(order, stranger).cancelOrder({ orderId: placed.id, reason: '' }), {
      code: 'order_not_found',
    })
    assert.equal((await shop.platform.api(order, admin).getOrder({ orderId: placed.id })).id, placed.id)
    const { items } = await shop.platform.api(order, seller).listSellerOrders({})
    assert.deepEqual(
      items.map(({ subtotal, lines }) => [subtotal, lines.map(({ sku }) => sku)]),
      [[3_000, ['V1']]],
    )
  })

  it('is listed newest first, page by page', async () => {
    await shop.stock([{ sku: 'L1', price: 3_000, onHand: 50 }])
    const buyer = await shop.platform.user()
    const api = shop.platform.api(order, buyer)
    const ids: string[] = []
    for (let index = 0; index < 3; index++) ids.unshift((await shop.placeOrder(buyer, { L1: 1 })).id)

    const first = await api.listOrders({ limit: 2 })
    const second = await api.listOrders({ limit: 2, cursor: first.next as string })

    assert.deepEqual(
      [...first.items, ...second.items].map(({ id }) => id),
      ids,
    )
    assert.equal(second.next, null)
    assert.deepEqual(await api.listOrders({ status: 'paid' }), { items: [], next: null })
  })

  for (const [index, returnUrl] of [
    'https://shop@evil.example/',
    'https://evil.example:99999/',
    'http://1.2.3.4.5/',
    'https://shop.example.evil.example/',
    'http://shop.example/',
    'http://127.0.0.1:3000/',
  ].entries()) {
    it(`refuses ${returnUrl} as its return address`, async () => {
      const sku = `BACK-TO-${index}`
      await shop.stock([{ sku, price: 1_000, onHand: 9 }])
      const buyer = await shop.platform.user()
      const { id } = await shop.placeOrder(buyer, { [sku]: 1 })

      const { status, body } = await shop.platform.request('POST', `/api/orders/${id}/payment`, {
        as: buyer,
        body: { returnUrl },
      })

      assert.deepEqual([status, Object.keys(body.errors)], [422, ['returnUrl']])
      assert.equal(await available(sku), 9)
    })
  }

  it('accepts a return address at each of the shop’s own origins', async () => {
    await shop.stock([{ sku: 'HOME', price: 1_000, onHand: 9 }])
    const buyer = await shop.platform.user()
    for (const returnUrl of ['https://shop.example/a?b=c', 'https://www.shop.example/']) {
      const { id } = await shop.placeOrder(buyer, { HOME: 1 })

      const { paymentUrl } = await shop.platform.api(order, buyer).startPayment({ orderId: id, returnUrl })

      assert.match(paymentUrl, /^http/)
    }
  })

  const bad: [string, string, string, object | undefined, string[]][] = [
    ['an order without a cart or an address', 'POST', '/api/orders', { expectedTotal: 1 }, ['address', 'cartId']],
    [
      'an address without a street',
      'POST',
      '/api/orders',
      { cartId: newId(), expectedTotal: 1, address: { ...address, line1: '' } },
      ['address.line1'],
    ],
    ['a negative total', 'POST', '/api/orders', { cartId: newId(), expectedTotal: -1, address }, ['expectedTotal']],
    [
      'a return address that is none',
      'POST',
      `/api/orders/${newId()}/payment`,
      { returnUrl: 'javascript:alert(1)' },
      ['returnUrl'],
    ],
    ['an invalid order id', 'GET', '/api/orders/42', undefined, ['orderId']],
    ['an invalid cursor', 'GET', '/api/orders?cursor=xyz', undefined, ['cursor']],
    ['an unknown status', 'GET', '/api/orders?status=lost', undefined, ['status']],
    ['no parts to cancel', 'POST', `/api/orders/${newId()}/cancellation`, { sellerOrderIds: [] }, ['sellerOrderIds']],
  ]
  for (const [what, method, url, body, fields] of bad) {
    it(`refuses ${what}`, async () => {
      const answer = await shop.platform.request(method, url, { body, as: await shop.platform.user() })

      assert.deepEqual(
        [answer.status, answer.body.code, Object.keys(answer.body.errors).sort()],
        [422, 'validation_failed', fields],
      )
    })
  }

  for (const [sku, text] of [
    ['NUL', '\u0000'],
    ['HALF', '\ud800'],
  ] as const) {
    it(`refuses an address and a note with ${JSON.stringify(text)} in it`, async () => {
      await shop.stock([{ sku, price: 1_000, onHand: 5 }])
      const buyer = await shop.platform.user()
      const api = shop.platform.api(order, buyer)
      const { id } = await api.createCart()
      await api.addLine({ cartId: id, sku, quantity: 1 })
      const place = (input: object) =>
        shop.platform.request('POST', '/api/orders', {
          as: buyer,
          body: { cartId: id, expectedTotal: 1_000, address, ...input },
        })

      for (const input of [{ address: { ...address, line2: text } }, { note: text.repeat(2) }]) {
        const { status, body } = await place(input)
        assert.ok(status < 500, JSON.stringify(body))
      }
    })
  }

  it('requires a signed-in user', async () => {
    for (const [method, url] of [
      ['POST', '/api/orders'],
      ['GET', '/api/orders'],
      ['GET', `/api/orders/${newId()}`],
    ] as const) {
      assert.equal((await shop.platform.request(method, url)).status, 401)
    }
  })
})

describe('the return address of the payment page', () => {
  const settings = { SHOP_ORIGINS: '' }

  it('may be any port of this machine while no origin is configured', () => {
    for (const url of ['http://localhost:5173/x', 'http://127.0.0.1:3000/', 'http://[::1]:8080/']) {
      assert.doesNotThrow(() => assertReturnUrl(url, settings), url)
    }
  })

  it('may be no other host then', () => {
    for (const url of ['https://evil.example/', 'http://localhost.evil.example/', 'http://10.0.0.1/', 'http://']) {
      assert.throws(() => assertReturnUrl(url, settings), { code: 'return_url_refused' }, url)
    }
  })
})

describe('an order number', () => {
  it('has the date in Korea and a check digit', () => {
    const number = newOrderNumber(new Date('2026-11-20T15:30:00Z'), 4_827_193)

    assert.match(number, /^261121-4827-193\d$/)
    assert.equal(isOrderNumber(number), true)
  })

  it('has a longer form, with its date and its check digit, for days when short numbers are rare', () => {
    const number = newOrderNumber(new Date('2026-11-20T15:30:00Z'), 48_271_934_567, 11)

    assert.match(number, /^261121-4827-1934-567\d$/)
    assert.equal(isOrderNumber(number), true)
    assert.equal(isOrderNumber(number.replace('1934', '1943')), false)
  })

  it('is invalid when a digit is misheard or two neighbouring digits are swapped', () => {
    const number = newOrderNumber(new Date(), 1_234_567)

    assert.equal(isOrderNumber(number.replace(/-1/, '-7')), false)
    assert.equal(isOrderNumber(number.replace('1234', '1324')), false)
  })
})

async function outcome(
  shop: Shop,
  buyer: Awaited<ReturnType<Shop['platform']['user']>>,
  orderId: string,
): Promise<string> {
  for (;;) {
    const { status } = await shop.platform.api(order, buyer).getOrder({ orderId })
    if (status !== 'awaiting_payment' && status !== 'processing') return status
    await new Promise((wake) => setTimeout(wake, 20))
  }
}
