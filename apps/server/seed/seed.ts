import { randomBytes } from 'node:crypto'
import { auth } from '@doran/auth/contract'
import { inventory } from '@doran/inventory/contract'
import type { Platform } from '@doran/kernel/platform'
import { product } from '@doran/product/contract'
import { isOfAnother } from '../administrator.ts'
import { catalogueProductOf, type Department, readCatalogue, variantsOf } from './catalogue.ts'

/** Counts of what was loaded; zero if the catalogue was there already. */
export interface Seeded {
  departments: number
  products: number
  skus: number
}

/**
 * Loads the missing departments of the built-in catalogue. The products of a department come last and in one
 * transaction with its categories, so a department that exists is complete. A department whose loading was interrupted
 * is loaded again, and each step leaves existing data alone. Later changes by sellers and administrators stay.
 */
export async function seed(platform: Platform, log: Platform['log']): Promise<Seeded> {
  const catalogue = await readCatalogue()
  const known = new Set((await platform.client(product).listCategories()).map(({ slug }) => slug))
  const seeded: Seeded = { departments: 0, products: 0, skus: 0 }
  for (const [position, content] of catalogue.entries()) {
    if (known.has(content.department.slug)) continue
    const skus = await loadDepartment(platform, content, position).catch((error) => {
      if (!isOfAnother(error)) throw error
      log.error(`the department ${content.department.slug} was not loaded: ${error.message}`)
    })
    if (skus === undefined) continue
    seeded.departments += 1
    seeded.products += content.products.length
    seeded.skus += skus
  }
  log.info(
    seeded,
    seeded.departments > 0 ? 'the built-in catalogue was loaded' : 'the built-in catalogue is there already',
  )
  return seeded
}

/** Returns the number of SKUs of the department. */
async function loadDepartment(platform: Platform, content: Department, position: number): Promise<number> {
  const sellerIds = await ensureSellers(platform, content)
  const products = content.products.map((one) => ({ ...one, sellerId: sellerIds.get(one.seller) as string }))

  const items = products.flatMap((one) =>
    variantsOf(one).map(({ sku, stock }) => ({ sku, sellerId: one.sellerId, onHand: stock })),
  )
  await platform.client(inventory).loadStock({ items, known: 'keep' })

  const { department, categories, brands, sellers } = content
  await platform.client(product).loadCatalogue({
    categories: [
      { ...department, parent: null, position },
      ...categories.map((category, position) => ({ ...category, parent: department.slug, position })),
    ],
    brands,
    sellers: sellers.map((seller) => ({ ...seller, id: sellerIds.get(seller.slug) as string })),
    products: products.map((one) => catalogueProductOf(one, one.sellerId)),
  })
  return items.length
}

/**
 * Returns the user ids of the sellers by slug. Nobody knows their passwords, so nobody can sign in to these accounts.
 */
async function ensureSellers(platform: Platform, { sellers }: Department): Promise<Map<string, string>> {
  const ids = sellers.map(async ({ slug, name }) => {
    const { userId } = await platform.client(auth).ensureAccount({
      email: `${slug}@sellers.doran.example`,
      password: randomBytes(32).toString('base64url'),
      name: name.ko,
      roles: ['seller'],
    })
    return [slug, userId] as const
  })
  return new Map(await Promise.all(ids))
}
