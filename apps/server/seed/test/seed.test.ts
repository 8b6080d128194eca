import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { inventory } from '@doran/inventory/contract'
import { newId, sql } from '@doran/kernel'
import type { Platform } from '@doran/kernel/platform'
import { startPlatform, type TestPlatform } from '@doran/kernel/testing'
import { product } from '@doran/product/contract'
import { services } from '../../services.ts'
import { type Department, readCatalogue, variantsOf } from '../catalogue.ts'
import { seed } from '../seed.ts'

const admin = { id: newId(), roles: ['admin'], session: newId() }

let catalogue: Department[]
before(async () => {
  catalogue = await readCatalogue()
})

const start = () => startPlatform({ services })

/** Counts and sums everything that the seed may write; equal if nothing changed. */
async function footprint(platform: TestPlatform) {
  const count = async (service: string, query: ReturnType<typeof sql>) => platform.database(service).one<object>(query)
  return {
    users: await count('user', sql`select count(*) as count, max(version) as version from "user".profiles`),
    products: await count(
      'product',
      sql`select count(*) as count, sum(version)::bigint as version from product.products`,
    ),
    stock: await count(
      'inventory',
      sql`
      select count(*) as count, sum(on_hand)::bigint as on_hand, sum(version)::bigint as version from inventory.stock`,
    ),
    events: await count('product', sql`select count(*) as count from doran.events`),
  }
}

/** Returns all products on sale, from all pages. */
async function listAll(platform: TestPlatform, filter: { category?: string } = {}) {
  const items = []
  for (let cursor: string | undefined; ; ) {
    const page = await platform.api(product).listProducts({ ...filter, limit: 100, ...(cursor && { cursor }) })
    items.push(...page.items)
    if (!page.next) return items
    cursor = page.next
  }
}

const totals = () => {
  const products = catalogue.flatMap(({ products }) => products)
  return {
    products: products.length,
    skus: products.flatMap(variantsOf).length,
    stock: products.reduce((sum, { stock }) => sum + stock, 0),
    sellers: catalogue.flatMap(({ sellers }) => sellers).length,
  }
}

async function assertComplete(platform: TestPlatform): Promise<void> {
  const { products, skus, stock, sellers } = totals()
  assert.equal((await listAll(platform)).length, products)
  const found = await footprint(platform)
  assert.deepEqual(found.stock, { count: skus, on_hand: stock, version: (found.stock as { version: number }).version })
  assert.equal((found.users as { count: number }).count, sellers)
}

describe('seeding a fresh marketplace', () => {
  let platform: TestPlatform
  before(async () => {
    platform = await start()
    const { products, skus } = totals()
    assert.deepEqual(await seed(platform, platform.log), { departments: catalogue.length, products, skus })
  })
  after(() => platform.close())

  it('puts the whole catalogue on sale, in stock, with its sellers', async () => {
    await assertComplete(platform)
  })

  it('lists departments with their categories, and the products of each', async () => {
    const tree = await platform.api(product).listCategories()

    assert.deepEqual(
      tree.map(({ slug, children }) => [slug, children.map(({ slug }) => slug)]),
      catalogue.map(({ department, categories }) => [department.slug, categories.map(({ slug }) => slug)]),
    )
    for (const { department, products } of catalogue) {
      assert.equal((await listAll(platform, { category: department.slug })).length, products.length)
    }
  })

  it('mixes the departments among the newest products', async () => {
    const { items } = await platform.api(product).listProducts({ limit: 20 })

    const departmentOf = (leaf: string) =>
      catalogue.find(({ categories }) => categories.some(({ slug }) => slug === leaf))
    assert.ok(new Set(items.map(({ category }) => departmentOf(category))).size > catalogue.length / 2)
  })

  it('gives each variant its price and stock', async () => {
    const given = catalogue.flatMap(({ products }) => products).find(({ options }) => options.length === 2)
    assert.ok(given)
    const found = (await listAll(platform, { category: given.category })).find(({ name }) => name.ko === given.name.ko)

    const shown = await platform.api(product).getProduct({ productId: found?.id ?? '' })
    const stock = await platform.client(inventory).listAvailability({ skus: shown.variants.map(({ sku }) => sku) })

    assert.deepEqual(
      shown.variants.map(({ sku, price }) => ({ sku, price, stock: stock.find((one) => one.sku === sku)?.available })),
      variantsOf(given).map(({ sku, price, stock }) => ({ sku, price, stock })),
    )
    assert.deepEqual([shown.key, shown.name, shown.description], [given.sku, given.name, given.description])
  })

  it('changes nothing when it runs again, and reports that', async () => {
    const before = await footprint(platform)

    const seeded = await seed(platform, platform.log)

    assert.deepEqual(seeded, { departments: 0, products: 0, skus: 0 })
    assert.deepEqual(await footprint(platform), before)
  })

  it('keeps what sellers have changed when it runs again', async () => {
    const [{ id } = { id: '' }] = await listAll(platform)
    await platform.client(product, admin).changeProductState({ productId: id, state: 'stopped' })
    const { variants } = await platform.client(product, admin).getProduct({ productId: id })
    const sku = variants[0]?.sku ?? ''
    await platform.client(inventory, admin).setStock({ sku, onHand: 1_234 })

    await seed(platform, platform.log)

    assert.equal((await platform.client(product, admin).getProduct({ productId: id })).state, 'stopped')
    assert.equal((await platform.client(inventory, admin).getStock({ sku })).onHand, 1_234)
  })
})

describe('seeding that was interrupted', () => {
  let platform: TestPlatform
  before(async () => {
    platform = await start()
  })
  after(() => platform.close())

  it('is completed by the next run, and units sold meanwhile stay sold', async () => {
    await assert.rejects(seed(breakingAt(platform, 3), platform.log), /broken off/)
    assert.equal((await platform.api(product).listCategories()).length, 2)
    const [sku = ''] =
      catalogue[2]?.products
        .filter(({ stock }) => stock > 50)
        .flatMap(variantsOf)
        .map(({ sku }) => sku) ?? []
    await platform.client(inventory, admin).adjustStock({ sku, change: -1 })

    await Promise.all([seed(platform, platform.log), seed(platform, platform.log)])

    await platform.client(inventory, admin).adjustStock({ sku, change: 1 })
    await assertComplete(platform)
  })
})

/** Returns the platform, but the catalogue's n-th part fails to load after its sellers and stock have been loaded. */
function breakingAt(platform: TestPlatform, part: number): Platform {
  let loads = 0
  const client: Platform['client'] = (contract, actor) => {
    const real = platform.client(contract, actor)
    return new Proxy(real, {
      get(target, name, receiver) {
        if (name === 'loadCatalogue' && ++loads === part) return () => Promise.reject(new Error('broken off'))
        return Reflect.get(target, name, receiver)
      },
    })
  }
  return { ...platform, client }
}
