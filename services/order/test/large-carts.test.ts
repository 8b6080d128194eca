import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { newId, sql } from '@doran/kernel'
import { order } from '@doran/order/contract'
import { address, openShop, type Shop } from './shop.ts'

const KINDS = 260
const skuOf = (index: number) => `SKU-${String(index).padStart(3, '0')}`

describe('a cart of many lines', () => {
  let shop: Shop
  before(async () => {
    shop = await openShop()
    const sellerId = newId()
    await shop.stock(
      Array.from({ length: KINDS }, (_, index) => ({ sku: skuOf(index), price: 1_000, onHand: 5_000, sellerId })),
    )
  })
  after(() => shop.close())

  /** A cart of an earlier version, which had no limit. */
  async function fill(cartId: string, from: number, to: number): Promise<void> {
    const skus = Array.from({ length: to - from }, (_, index) => skuOf(from + index))
    await shop.platform.database('order').run(sql`
      insert into "order".cart_lines (cart_id, sku, quantity, price_seen)
      select ${cartId}, sku, 1, 1000 from unnest(${skus}::text[]) as l (sku)`)
  }

  async function member() {
    const api = shop.platform.api(order, await shop.platform.user())
    return { api, cartId: (await api.createCart()).id }
  }

  async function guestCart(from: number, to: number): Promise<string> {
    const { id } = await shop.platform.api(order).createCart()
    await fill(id, from, to)
    return id
  }

  it('takes the lines of a guest’s cart that fit, and names the others', async () => {
    const { api, cartId } = await member()
    await fill(cartId, 0, 90)

    const merged = await api.mergeCart({ cartId: await guestCart(80, 110) })

    assert.equal(merged.lines.length, 100)
    assert.equal(merged.lines.find(({ sku }) => sku === skuOf(85))?.quantity, 2)
    assert.deepEqual(
      merged.leftOut?.map(({ sku, quantity }) => [sku, quantity]),
      Array.from({ length: 10 }, (_, index) => [skuOf(100 + index), 1]),
    )
  })

  it('states how many pieces of a SKU did not fit', async () => {
    const { api, cartId } = await member()
    await api.addLine({ cartId, sku: skuOf(0), quantity: 995 })
    const { id } = await shop.platform.api(order).createCart()
    await shop.platform.api(order).addLine({ cartId: id, sku: skuOf(0), quantity: 11 })

    const merged = await api.mergeCart({ cartId: id })

    assert.deepEqual([merged.lines[0]?.quantity, merged.leftOut], [999, [{ sku: skuOf(0), quantity: 7 }]])
  })

  it('names nothing when everything fits', async () => {
    const { api, cartId } = await member()
    await fill(cartId, 0, 2)

    const merged = await api.mergeCart({ cartId: await guestCart(1, 4) })

    assert.deepEqual([merged.lines.length, 'leftOut' in merged], [4, false])
  })

  it('never holds more than a hundred lines after merges', async () => {
    const { api, cartId } = await member()
    for (const from of [0, 85, 170]) await api.mergeCart({ cartId: await guestCart(from, from + 85) })

    const cart = await api.getCart({ cartId })

    assert.equal(cart.lines.length, 100)
  })

  it('from before the limit can be read, reduced and then ordered', async () => {
    const { api, cartId } = await member()
    await fill(cartId, 0, KINDS)

    const whole = await api.getCart({ cartId })
    await assert.rejects(api.placeOrder({ cartId, expectedTotal: whole.total, address, note: '' }), {
      code: 'cart_full',
    })
    await assert.rejects(api.mergeCart({ cartId: newId() }), { code: 'cart_not_found' })
    await api.setLine({ cartId, sku: skuOf(0), quantity: 2 })
    for (let index = 1; index <= KINDS - 100; index++) await api.removeLine({ cartId, sku: skuOf(index) })
    const reduced = await api.getCart({ cartId })
    const placed = await api.placeOrder({ cartId, expectedTotal: reduced.total, address, note: '' })

    assert.deepEqual([whole.lines.length, whole.total], [KINDS, KINDS * 1_000])
    assert.deepEqual([reduced.lines.length, placed.total], [100, 101_000])
  })
})
