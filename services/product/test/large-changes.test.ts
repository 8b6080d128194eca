import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import inventoryService from '@doran/inventory'
import { newId } from '@doran/kernel'
import { startPlatform, type TestPlatform } from '@doran/kernel/testing'
import productService from '@doran/product'
import { product } from '@doran/product/contract'

const COUNT = 50
const numbers = Array.from({ length: COUNT }, (_, index) => index)
const named = (text: string) => ({ ko: text, en: text })

describe('a change of many products of many categories and brands', () => {
  let platform: TestPlatform
  const sellers = numbers.map((n) => ({ id: newId(), slug: `shop-${n}`, name: named(`shop ${n}`) }))
  before(async () => {
    platform = await startPlatform({ services: [productService, inventoryService] })
    await platform.client(product).loadCatalogue({
      brands: numbers.map((n) => ({ slug: `a-brand-with-a-longer-name-${n}`, name: named(`brand ${n}`) })),
      categories: [
        { slug: 'department', name: named('department'), parent: null, position: 0 },
        ...numbers.map((n) => ({
          slug: `category-with-its-name-${n}`,
          name: named(`category ${n}`),
          parent: 'department',
          position: n,
        })),
      ],
      sellers,
    })
  })
  after(() => platform.close())

  it('is imported from a file', async () => {
    const seller = await platform.user(['seller'])
    await platform.client(product).upsertSeller({ id: seller.id, slug: 'importer', name: named('importer') })
    const header = 'product_key,state,category,brand,name_ko,name_en,sku,price'
    const rows = numbers.map(
      (n) =>
        `K-${n},on-sale,category-with-its-name-${n},a-brand-with-a-longer-name-${n},이름${n},name${n},SKU-${n},1000`,
    )

    const { status, body } = await platform.request('POST', '/api/products/import', {
      as: seller,
      body: [header, ...rows].join('\n'),
      headers: { 'content-type': 'text/csv' },
    })

    assert.deepEqual([status, body.created], [200, COUNT])
  })

  it('is loaded with the catalogue', async () => {
    const { created, unchanged } = await platform.client(product).loadCatalogue({
      products: numbers.map((n) => ({
        sellerId: sellers[n]?.id as string,
        category: `category-with-its-name-${n}`,
        brand: `a-brand-with-a-longer-name-${n}`,
        name: named(`product ${n}`),
        variants: [{ sku: `LOADED-${n}`, price: 100 }],
      })),
    })

    // The operation is idempotent, so the test platform calls it twice.
    assert.equal(created + unchanged, COUNT)
  })
})
