import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { newId } from '@doran/kernel'
import { startPlatform, type TestPlatform } from '@doran/kernel/testing'
import productService from '@doran/product'
import { product } from '@doran/product/contract'
import { inventory } from '../contract.ts'
import service from '../index.ts'
import { stockOf } from './shelf.ts'

let platform: TestPlatform
before(async () => {
  platform = await startPlatform({ services: [service, productService] })
})
after(() => platform.close())

const both = (text: string) => ({ ko: text, en: text })

/** A seller with a shop, in a market that has one category. */
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
  it('are known with nothing on hand, and their seller can stock them', async () => {
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

  it('keep the stock that was entered before the news came', async () => {
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
