import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { inventory } from '@doran/inventory/contract'
import { newId, sql } from '@doran/kernel'
import { order } from '@doran/order/contract'
import { address, openShop, type Shop } from './shop.ts'

describe('a cart', () => {
  let shop: Shop
  before(async () => {
    shop = await openShop()
    await shop.stock([
      { sku: 'KIMCHI', price: 12_900, onHand: 10 },
      { sku: 'RICE', price: 32_000, onHand: 3 },
      { sku: 'GONE', price: 5_000, onHand: 0 },
    ])
  })
  after(() => shop.close())

  /** Resolves when this many transactions wait for a lock. */
  async function waiting(count: number): Promise<void> {
    const look = sql`
      select count(*) as count from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`
    while ((await shop.platform.database('order').one<{ count: number }>(look)).count < count);
  }

  it('of a guest holds its lines with current names, prices and stock', async () => {
    const api = shop.platform.api(order)
    const { id } = await api.createCart()
    await api.addLine({ cartId: id, sku: 'KIMCHI', quantity: 1 })
    const cart = await api.addLine({ cartId: id, sku: 'KIMCHI', quantity: 2 })

    const [line] = cart.lines
    assert.deepEqual([line?.quantity, line?.lineTotal, line?.available, line?.problem], [3, 38_700, 10, null])
    assert.deepEqual(line?.name, { ko: '상품 KIMCHI', en: 'Product KIMCHI' })
    assert.deepEqual([cart.total, cart.currency, cart.buyerId], [38_700, 'KRW', null])
  })

  it('of “Buy now” leaves the open cart of the buyer as it is', async () => {
    const buyer = await shop.platform.user()
    const api = shop.platform.api(order, buyer)
    const open = await api.createCart()
    await api.addLine({ cartId: open.id, sku: 'KIMCHI', quantity: 2 })

    const direct = await api.createDirectCart({ sku: 'RICE', quantity: 1 })
    const placed = await api.placeOrder({ cartId: direct.id, expectedTotal: direct.total, address, note: '' })

    assert.deepEqual(
      [placed.total, placed.sellers.flatMap(({ lines }) => lines.map(({ sku }) => sku))],
      [32_000, ['RICE']],
    )
    const left = await api.createCart()
    assert.deepEqual([left.id, left.lines.map(({ sku, quantity }) => [sku, quantity])], [open.id, [['KIMCHI', 2]]])
  })

  it('of “Buy now” is not created for a SKU that is not on sale', async () => {
    const count = sql`select count(*) as count from "order".carts`
    const before = await shop.platform.database('order').one(count)

    await assert.rejects(shop.platform.api(order).createDirectCart({ sku: 'NOTHING', quantity: 1 }), {
      code: 'sku_not_on_sale',
    })
    await assert.rejects(shop.platform.api(order).createDirectCart({ sku: 'RICE', quantity: 0 }), {
      code: 'validation_failed',
    })

    assert.deepEqual(await shop.platform.database('order').one(count), before)
  })

  it('can be changed line by line', async () => {
    const api = shop.platform.api(order)
    const { id } = await api.createCart()
    await api.addLine({ cartId: id, sku: 'KIMCHI', quantity: 1 })
    await api.addLine({ cartId: id, sku: 'RICE', quantity: 1 })
    await api.setLine({ cartId: id, sku: 'RICE', quantity: 2 })
    const cart = await api.removeLine({ cartId: id, sku: 'KIMCHI' })

    assert.deepEqual(
      cart.lines.map(({ sku, quantity }) => [sku, quantity]),
      [['RICE', 2]],
    )
  })

  it('answers concurrent additions with all of its lines', async () => {
    const api = shop.platform.api(order)
    const { id } = await api.createCart()
    const answers = await Promise.all(
      ['KIMCHI', 'RICE', 'KIMCHI'].map((sku) => api.addLine({ cartId: id, sku, quantity: 1 })),
    )

    const whole = await api.getCart({ cartId: id })
    assert.deepEqual(whole.lines.map(({ sku, quantity }) => [sku, quantity]).sort(), [
      ['KIMCHI', 2],
      ['RICE', 1],
    ])
    assert.ok(
      answers.some(({ total }) => total === whole.total),
      'whoever comes last sees what the others have put in',
    )
    assert.ok(answers.every(({ lines }) => lines.every(({ name, problem }) => name && !problem)))
  })

  it('of a member is the same one on every request', async () => {
    const api = shop.platform.api(order, await shop.platform.user())

    const carts = await Promise.all([api.createCart(), api.createCart(), api.createCart()])

    assert.equal(new Set(carts.map(({ id }) => id)).size, 1)
  })

  it('of a guest is merged into the member’s at sign-in, and quantities add up', async () => {
    const [guest, member] = [shop.platform.api(order), shop.platform.api(order, await shop.platform.user())]
    const own = await member.createCart()
    await member.addLine({ cartId: own.id, sku: 'KIMCHI', quantity: 1 })
    const { id } = await guest.createCart()
    await guest.addLine({ cartId: id, sku: 'KIMCHI', quantity: 2 })
    await guest.addLine({ cartId: id, sku: 'RICE', quantity: 1 })

    const merged = await member.mergeCart({ cartId: id })

    assert.equal(merged.id, own.id)
    assert.deepEqual(merged.lines.map(({ sku, quantity }) => [sku, quantity]).sort(), [
      ['KIMCHI', 3],
      ['RICE', 1],
    ])
    await assert.rejects(guest.getCart({ cartId: id }), { code: 'cart_closed' })
  })

  it('of a member is not ordered while a guest’s cart is merged into it', async () => {
    const [guest, member] = [shop.platform.api(order), shop.platform.api(order, await shop.platform.user())]
    const own = await member.createCart()
    const { total } = await member.addLine({ cartId: own.id, sku: 'KIMCHI', quantity: 1 })
    const { id } = await guest.createCart()
    await guest.addLine({ cartId: id, sku: 'RICE', quantity: 1 })

    const { merging, ordering } = await shop.platform.database('order').transaction(async (tx) => {
      await tx.run(sql`select 1 from "order".carts where id = ${id} for update`)
      const merging = member.mergeCart({ cartId: id })
      await waiting(1)
      const ordering = member.placeOrder({ cartId: own.id, expectedTotal: total, address, note: '' })
      await Promise.race([ordering, waiting(2)])
      return { merging, ordering: assert.rejects(ordering, { code: 'total_changed' }) }
    })

    assert.equal((await merging).lines.length, 2)
    await ordering
  })

  it('marks lines without enough stock and omits them from the total', async () => {
    const api = shop.platform.api(order)
    const { id } = await api.createCart()
    await api.addLine({ cartId: id, sku: 'RICE', quantity: 4 })
    const cart = await api.addLine({ cartId: id, sku: 'KIMCHI', quantity: 1 })

    assert.deepEqual(
      cart.lines.map(({ sku, problem, available }) => [sku, problem, available]),
      [
        ['RICE', 'not_enough_stock', 3],
        ['KIMCHI', null, 10],
      ],
    )
    assert.equal(cart.total, 12_900)
  })

  it('follows the stock', async () => {
    const sellerId = newId()
    await shop.stock([{ sku: 'MOVING', price: 1_000, onHand: 5, sellerId }])
    const api = shop.platform.api(order)
    const { id } = await api.createCart()
    await api.addLine({ cartId: id, sku: 'MOVING', quantity: 5 })
    await shop.platform.client(inventory).loadStock({ items: [{ sku: 'MOVING', sellerId, onHand: 2 }] })

    assert.equal((await api.getCart({ cartId: id })).lines[0]?.problem, 'not_enough_stock')
  })

  it('refuses SKUs that are not on sale', async () => {
    const api = shop.platform.api(order)
    const { id } = await api.createCart()

    await assert.rejects(api.addLine({ cartId: id, sku: 'UNHEARD-OF', quantity: 1 }), {
      code: 'sku_not_on_sale',
      status: 409,
    })
  })

  it('is full at 999 of one SKU', async () => {
    const api = shop.platform.api(order)
    const { id } = await api.createCart()
    await api.addLine({ cartId: id, sku: 'KIMCHI', quantity: 999 })

    await assert.rejects(api.addLine({ cartId: id, sku: 'KIMCHI', quantity: 1 }), { code: 'cart_full' })
  })

  it('of a member cannot be used by anyone else', async () => {
    const [owner, other] = [await shop.platform.user(), await shop.platform.user()]
    const { id } = await shop.platform.api(order, owner).createCart()

    await assert.rejects(shop.platform.api(order, other).getCart({ cartId: id }), { code: 'cart_not_found' })
    await assert.rejects(shop.platform.api(order).addLine({ cartId: id, sku: 'RICE', quantity: 1 }), {
      code: 'cart_not_found',
    })
    await assert.rejects(shop.platform.api(order, other).mergeCart({ cartId: id }), { code: 'cart_not_found' })
  })

  const bad: [string, string, string, object | undefined, string][] = [
    ['an invalid id', 'GET', '/api/carts/42', undefined, 'cartId'],
    ['a quantity of zero', 'POST', `/api/carts/${newId()}/lines`, { sku: 'RICE', quantity: 0 }, 'quantity'],
    ['half a piece', 'POST', `/api/carts/${newId()}/lines`, { sku: 'RICE', quantity: 0.5 }, 'quantity'],
    ['a SKU with a space', 'POST', `/api/carts/${newId()}/lines`, { sku: 'rice bowl', quantity: 1 }, 'sku'],
    ['no SKU', 'POST', `/api/carts/${newId()}/lines`, { quantity: 1 }, 'sku'],
    ['a line without a quantity', 'PUT', `/api/carts/${newId()}/lines/RICE`, {}, 'quantity'],
  ]
  for (const [what, method, url, body, field] of bad) {
    it(`refuses ${what}`, async () => {
      const answer = await shop.platform.request(method, url, { body })

      assert.deepEqual(
        [answer.status, answer.body.code, Object.keys(answer.body.errors)],
        [422, 'validation_failed', [field]],
      )
    })
  }
})
