import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { newId, publish } from '@doran/kernel'
import { startPlatform, type TestPlatform } from '@doran/kernel/testing'
import productService from '@doran/product'
import { product, variantsListed } from '@doran/product/contract'
import { inventory } from '../contract.ts'
import service from '../index.ts'
import { stockOf } from './shelf.ts'

let platform: TestPlatform
before(async () => {
  platform = await startPlatform({ services: [service, productService] })
})
after(() => platform.close())

const both = (text: string) => ({ ko: text, en: text })

/** A seller with a shop, in a marketplace with one category. */
async function shop() {
  const seller = await platform.user(['seller'])
  const slug = `shop-${seller.id}`
  await platform.client(product).loadCatalogue({
    categories: [{ slug: 'tea', name: both('차'), parent: null, position: 0 }],
    sellers: [{ id: seller.id, slug, name: both('찻집') }],
  })
  return seller
}

describe('SKUs of a new product', () => {
  it('are registered with nothing on hand, and their seller can stock them', async () => {
    const seller = await shop()
    const sku = newId().toUpperCase()

    await platform.api(product, seller).createProduct({
      category: 'tea',
      name: both('작설차'),
      state: 'on-sale',
      variants: [{ sku, price: 12_000 }],
    })
    await platform.settled()

    assert.deepEqual(await stockOf(platform, sku), [0, 0])
    const stock = await platform.api(inventory, seller).setStock({ sku, onHand: 30 })
    assert.equal(stock.available, 30)
  })

  it('keep stock that was entered before the event arrived', async () => {
    const seller = await shop()
    const sku = newId().toUpperCase()
    await platform.client(inventory).loadStock({ items: [{ sku, sellerId: seller.id, onHand: 8 }] })

    await platform.api(product, seller).createProduct({
      category: 'tea',
      name: both('우전차'),
      state: 'on-sale',
      variants: [{ sku, price: 30_000 }],
    })
    await platform.settled()

    assert.deepEqual(await stockOf(platform, sku), [8, 0])
  })
})

describe('SKUs of a draft', () => {
  const draft = (sku: string) => ({ category: 'tea', name: both('세작차'), variants: [{ sku, price: 9_000 }] })
  const seenOf = async (sku: string) => (await platform.request('GET', `/api/inventory/${sku}`)).status

  it('are hidden from buyers until the product is on sale, even with stock, and visible ever after', async () => {
    const seller = await shop()
    const sku = newId().toUpperCase()
    const { id: productId } = await platform.api(product, seller).createProduct(draft(sku))
    await platform.settled()
    await platform.api(inventory, seller).setStock({ sku, onHand: 5 })
    assert.equal(await seenOf(sku), 404)
    assert.deepEqual(await platform.api(inventory).getAvailabilities({ sku: [sku] }), [])

    await platform.api(product, seller).changeProductState({ productId, state: 'on-sale' })
    await platform.settled()
    const onSale = await seenOf(sku)
    await platform.api(product, seller).changeProductState({ productId, state: 'stopped' })
    await platform.settled()

    assert.deepEqual([onSale, await seenOf(sku)], [200, 200])
  })

  it('start with no stock at a new seller after the previous one has given them up', async () => {
    const [first, second] = [await shop(), await shop()]
    const [sku, other] = [newId().toUpperCase(), newId().toUpperCase()]
    const created = await platform.api(product, first).createProduct(draft(sku))
    await platform.settled()
    await platform.api(inventory, first).setStock({ sku, onHand: 5 })
    await platform.api(product, first).updateProduct({ productId: created.id, ...draft(other) })

    await platform.api(product, second).createProduct({ ...draft(sku), state: 'on-sale' })
    await platform.settled()

    const stock = await platform.api(inventory, second).getStock({ sku })
    assert.deepEqual([stock.sellerId, stock.onHand, await seenOf(sku)], [second.id, 0, 200])
    const { items } = await platform.api(inventory, second).listMovements({ sku })
    assert.equal(items[0]?.note, 'The SKU has another seller.')
  })

  it('do not return to the seller who gave them up when an old event arrives late', async () => {
    const [first, second] = [await shop(), await shop()]
    const [sku, other] = [newId().toUpperCase(), newId().toUpperCase()]
    const created = await platform.api(product, first).createProduct(draft(sku))
    await platform.api(product, first).updateProduct({ productId: created.id, ...draft(other) })
    await platform.api(product, second).createProduct(draft(sku))
    await platform.settled()

    const late = { productId: created.id, sellerId: first.id, skus: [sku], isPublic: false }
    await platform.database('product').transaction((tx) => publish(tx, variantsListed, late))
    await platform.settled()

    assert.equal((await platform.api(inventory, second).getStock({ sku })).sellerId, second.id)
  })
})
