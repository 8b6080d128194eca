import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startPlatform, type TestPlatform } from '@doran/kernel/testing'
import productService from '@doran/product'
import { type CatalogueProduct, product } from '@doran/product/contract'
import { generateProducts, generateShops } from '../generate.ts'

describe('the generated catalogue', () => {
  let platform: TestPlatform
  before(async () => {
    platform = await startPlatform({ services: [productService] })
  })
  after(() => platform.close())

  const generate = (count: number, seed: number): CatalogueProduct[] => [...generateProducts(count, seed)].flat()

  it('is the same for the same seed and differs for another seed', () => {
    assert.deepEqual(generate(1_500, 7), generate(1_500, 7))
    assert.deepEqual(generateShops(7), generateShops(7))
    assert.notDeepEqual(generate(10, 7), generate(10, 8))
  })

  it('begins alike in every size', () => {
    assert.deepEqual(generate(1_200, 1).slice(0, 100), generate(100, 1))
  })

  it('has varied names, prices and options, and unique SKUs', () => {
    const products = generate(5_000, 1)

    const skus = products.flatMap(({ variants }) => variants.map(({ sku }) => sku))
    assert.equal(new Set(skus).size, skus.length)
    assert.ok(new Set(products.map(({ name }) => name.ko)).size > 4_900)
    assert.ok(new Set(products.map(({ variants }) => variants[0]?.price)).size > 500)
    assert.deepEqual([...new Set(products.map(({ variants }) => variants.length))].sort(), [1, 2, 3, 4])
  })

  it('loads, and loads again without any change', async () => {
    const catalogue = platform.client(product)
    await catalogue.loadCatalogue(generateShops(1))
    const [products = []] = generateProducts(1_000, 1)

    await catalogue.loadCatalogue({ products })
    const again = await catalogue.loadCatalogue({ products })

    assert.deepEqual(again, { created: 0, updated: 0, unchanged: 1_000 })
    const listed = await platform.api(product).listProducts({ limit: 20, category: 'sample-food' })
    assert.equal(listed.items.length, 20)
  })
})
