import { type Context, type Handler, newId, type Transaction } from '@doran/kernel'
import { lockCategories, writeCategories } from '../categories.ts'
import type { Brand, CatalogueProduct, Category, product, Seller } from '../contract.ts'
import { publishProducts, refresh } from '../listings.ts'
import { isChanged, keyOf, lockProducts, tidy } from '../products.ts'
import { assertSound } from '../rules.ts'
import { setSold } from '../sales.ts'
import { findProductsOf, writeBrands, writeSellers } from '../sellers.ts'

export const loadCatalogue: Handler<typeof product, 'loadCatalogue'> = (input, ctx) => {
  const { categories = [], brands = [], sellers = [], products = [] } = input
  const shops = sellers.map(({ about = { ko: '', en: '' }, ...seller }) => ({ ...seller, about }))
  return ctx.db.transaction(async (tx) => {
    await loadCategories(tx, ctx.cache, categories)
    await loadShopsAndBrands(tx, ctx.cache, shops, brands)
    return loadProducts(tx, ctx.cache, products)
  })
}

async function loadCategories(tx: Transaction, cache: Context['cache'], categories: Category[]): Promise<void> {
  if (categories.length === 0) return
  await lockCategories(tx)
  await writeCategories(tx, categories)
  await cache.invalidate(tx, ['categories', 'list:*'])
}

async function loadShopsAndBrands(
  tx: Transaction,
  cache: Context['cache'],
  shops: Seller[],
  brands: Brand[],
): Promise<void> {
  const changed = { shops: await writeSellers(tx, shops), brands: await writeBrands(tx, brands) }
  if (changed.shops.length + changed.brands.length === 0) return
  await cache.invalidate(tx, ['brands:*', 'seller:*'])
  await refresh(tx, cache, await findProductsOf(tx, changed.shops, changed.brands))
}

async function loadProducts(tx: Transaction, cache: Context['cache'], products: CatalogueProduct[]) {
  const loaded = products.map(({ id, sellerId, key, state = 'on-sale' as const, createdAt, sold, ...rest }) => {
    const content = tidy(rest)
    assertSound(content)
    return { id, sellerId, key: keyOf(content, key), state, createdAt, sold, content }
  })
  const known = await lockProducts(tx, loaded)
  const entries = loaded.map(({ sold, ...product }) => {
    const before = known(product)
    return { sold, write: { ...product, id: before?.id ?? product.id ?? newId(), before } }
  })
  const writes = entries.map(({ write }) => write).filter(isChanged)
  await publishProducts(tx, cache, writes, { silent: true })
  await setSold(
    tx,
    entries.flatMap(({ sold, write }) => (sold ? { productId: write.id, units: sold } : [])),
  )
  const updated = writes.filter(({ before }) => before).length
  return { created: writes.length - updated, updated, unchanged: products.length - writes.length }
}
