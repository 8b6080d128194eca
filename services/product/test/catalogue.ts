/** Shared by the tests of this service: a platform with a small catalogue of known slugs, and products to write. */
import { setImmediate } from 'node:timers/promises'
import { startPlatform, type TestPlatform, type TestUser } from '@doran/kernel/testing'
import { type NewProduct, product } from '../contract.ts'
import service from '../index.ts'

export interface Catalogue extends TestPlatform {
  seller: TestUser
  rival: TestUser
  admin: TestUser
}

const name = (ko: string, en: string) => ({ ko, en })

/** Categories food > grain > rice and food > kimchi, and living; the brands haru and doran; two shops. */
export async function startCatalogue(...others: (typeof service)[]): Promise<Catalogue> {
  const platform = await startPlatform({ services: [service, ...others] })
  const [seller, rival, admin] = [
    await platform.user(['seller']),
    await platform.user(['seller']),
    await platform.user(['admin']),
  ]
  await platform.client(product).loadCatalogue({
    categories: [
      { slug: 'food', name: name('식품', 'Food'), parent: null, position: 0 },
      { slug: 'grain', name: name('곡물', 'Grain'), parent: 'food', position: 0 },
      { slug: 'rice', name: name('쌀', 'Rice'), parent: 'grain', position: 0 },
      { slug: 'kimchi', name: name('김치', 'Kimchi'), parent: 'food', position: 1 },
      { slug: 'living', name: name('생활', 'Living'), parent: null, position: 1 },
    ],
    brands: [
      { slug: 'haru', name: name('하루', 'Haru') },
      { slug: 'doran', name: name('도란', 'Doran') },
    ],
    sellers: [
      { id: seller.id, slug: 'haru-farm', name: name('하루농장', 'Haru Farm') },
      { id: rival.id, slug: 'doran-living', name: name('도란생활', 'Doran Living') },
    ],
  })
  return { ...platform, seller, rival, admin }
}

let count = 0

/** A product on sale with one variant and a unique SKU. */
export function aProduct(fields: Partial<NewProduct> & { price?: number } = {}): NewProduct {
  const { price = 10_000, ...rest } = fields
  return {
    category: 'rice',
    name: name('햅쌀', 'New rice'),
    state: 'on-sale',
    variants: [{ sku: `TEST-${++count}`, price }],
    ...rest,
  }
}

/** Rice in two sizes, with the given prefix of the SKUs. */
export function inSizes(prefix: string): Pick<NewProduct, 'options' | 'variants'> {
  return {
    options: [
      {
        name: name('용량', 'Size'),
        values: [
          { code: '3kg', name: name('3kg', '3 kg') },
          { code: '10kg', name: name('10kg', '10 kg') },
        ],
      },
    ],
    variants: [
      { sku: `${prefix}-3`, price: 12_900, options: ['3kg'] },
      { sku: `${prefix}-10`, price: 35_000, compareAtPrice: 39_000, options: ['10kg'] },
    ],
  }
}

/** Retries the assertion for at most two seconds, because a cache may be stale for a moment after a change. */
export async function soon(assertion: () => Promise<void>): Promise<void> {
  for (const giveUp = Date.now() + 2_000; ; ) {
    try {
      return await assertion()
    } catch (error) {
      if (Date.now() > giveUp) throw error
      // Cached answers need no I/O, so the test must yield for the invalidation to arrive.
      await setImmediate()
    }
  }
}
