import { audited, type Context, type Handler, newId, sql, type Transaction } from '@doran/kernel'
import type { product } from '../contract.ts'
import { productKeyTaken, sellerUnknown, skuTaken } from '../errors.ts'
import { publishProducts } from '../listings.ts'
import { findSkuOwners, isChanged, lockProducts, type ProductWrite, type SkuOwner, tidy } from '../products.ts'
import { findSeller, shopOf } from '../sellers.ts'
import { type RowError, readSheet, type Sheet, type SheetRow } from '../sheet.ts'
import { readProduct } from '../sheet-product.ts'

/** So many products are one transaction: enough to be fast, few enough not to hold locks for long. */
const BATCH = 200

type Rows = [key: string, rows: SheetRow[]]

interface Result {
  created: number
  updated: number
  unchanged: number
  errors: RowError[]
}

export const importProducts: Handler<typeof product, 'importProducts'> = async (input, ctx) => {
  const sellerId = shopOf(input.sellerId, ctx.actor)
  audited(ctx, { target: { sellerId } })
  const sheet = readSheet(input.body)
  if (!(await findSeller(ctx.db, sellerId))) throw sellerUnknown()
  const shop = { sellerId, columns: sheet.columns, ...(await findSlugs(ctx)) }

  const products = withoutSharedSkus(sheet)
  const results: Result[] = []
  for (let from = 0; from < products.length; from += BATCH) {
    results.push(...(await importBatch(products.slice(from, from + BATCH), shop, ctx)))
  }
  const sum = (field: 'created' | 'updated' | 'unchanged') =>
    results.reduce((total, result) => total + result[field], 0)
  const errors = [...sheet.errors, ...results.flatMap((result) => result.errors)]
  return {
    created: sum('created'),
    updated: sum('updated'),
    unchanged: sum('unchanged'),
    errors: errors.sort((a, b) => a.row - b.row),
  }
}

interface Shop {
  sellerId: string
  columns: Sheet['columns']
  categories: ReadonlySet<string>
  brands: ReadonlySet<string>
}

async function findSlugs(ctx: Pick<Context, 'db'>): Promise<Pick<Shop, 'categories' | 'brands'>> {
  const { categories, brands } = await ctx.db.one<{ categories: string[]; brands: string[] }>(sql`
    select array(select slug from product.categories) as categories, array(select slug from product.brands) as brands`)
  return { categories: new Set(categories), brands: new Set(brands) }
}

/** A SKU in two products of the file is wrong in both. */
function withoutSharedSkus({ products, errors }: Sheet): Rows[] {
  const keysOf = new Map<string, Set<string>>()
  const eachRow = (visit: (key: string, sku: string, row: number) => void) => {
    for (const [key, rows] of products) for (const { row, cells } of rows) visit(key, cells.sku?.trim() ?? '', row)
  }
  eachRow((key, sku) => keysOf.set(sku, (keysOf.get(sku) ?? new Set()).add(key)))
  const bad = new Set<string>()
  eachRow((key, sku, row) => {
    if (sku === '' || keysOf.get(sku)?.size === 1) return
    errors.push({ row, column: 'sku', message: 'stands in another product of this file too' })
    bad.add(key)
  })
  return [...products].filter(([key]) => !bad.has(key))
}

/** All at once; when somebody else takes a SKU or a key of these meanwhile, one by one, to find out which. */
async function importBatch(batch: Rows[], shop: Shop, ctx: Context): Promise<Result[]> {
  try {
    return [await ctx.db.transaction((tx) => importAll(tx, batch, shop, ctx.cache))]
  } catch (error) {
    if (!skuTaken.is(error) && !productKeyTaken.is(error)) throw error
  }
  const results: Result[] = []
  for (const product of batch) results.push(await importOne(product, shop, ctx))
  return results
}

async function importOne(product: Rows, shop: Shop, ctx: Context): Promise<Result> {
  try {
    return await ctx.db.transaction((tx) => importAll(tx, [product], shop, ctx.cache))
  } catch (error) {
    // The same file is being imported twice: now that the other one has made the product, it is found.
    if (productKeyTaken.is(error)) return ctx.db.transaction((tx) => importAll(tx, [product], shop, ctx.cache))
    if (!skuTaken.is(error)) throw error
    const row = product[1][0]?.row ?? 1
    return { created: 0, updated: 0, unchanged: 0, errors: [{ row, column: 'sku', message: error.message }] }
  }
}

async function importAll(tx: Transaction, batch: Rows[], shop: Shop, cache: Context['cache']): Promise<Result> {
  const { sellerId } = shop
  // Owners first: a product that somebody makes in between is then found by its key, not taken for a stranger's.
  const skus = batch.flatMap(([, rows]) => rows.map(({ cells }) => cells.sku?.trim() ?? ''))
  const ownerOf = new Map((await findSkuOwners(tx, skus)).map((owner) => [owner.sku, owner]))
  const known = await lockProducts(
    tx,
    batch.map(([key]) => ({ sellerId, key })),
  )

  const result: Result = { created: 0, updated: 0, unchanged: 0, errors: [] }
  const writes: ProductWrite[] = []
  for (const [key, rows] of batch) {
    const before = known({ sellerId, key })
    const read = readProduct(key, rows, shop.columns, before)
    const errors = 'errors' in read ? read.errors : findUnknown(rows, shop, ownerOf, before?.id)
    result.errors.push(...errors)
    if ('errors' in read || errors.length > 0) continue
    const { state, ...draft } = read.product
    const write = { id: before?.id ?? newId(), sellerId, key, state, content: tidy(draft), before }
    if (!isChanged(write)) result.unchanged++
    else if (before) result.updated++
    else result.created++
    if (isChanged(write)) writes.push(write)
  }
  await publishProducts(tx, cache, writes)
  return result
}

/** What only the rest of the catalogue can tell. */
function findUnknown(
  rows: readonly SheetRow[],
  { sellerId, categories, brands }: Shop,
  ownerOf: ReadonlyMap<string, SkuOwner>,
  productId: string | undefined,
): RowError[] {
  const first = rows[0] as SheetRow
  const category = first.cells.category?.trim() ?? ''
  const brand = first.cells.brand?.trim()
  return [
    ...(categories.has(category)
      ? []
      : [{ row: first.row, column: 'category', message: `there is no category ${category}` }]),
    ...(!brand || brands.has(brand)
      ? []
      : [{ row: first.row, column: 'brand', message: `there is no brand ${brand}` }]),
    ...rows.flatMap(({ row, cells }) => {
      const owner = ownerOf.get(cells.sku?.trim() ?? '')
      if (owner && owner.sellerId !== sellerId) return [{ row, column: 'sku', message: 'belongs to another shop' }]
      if (owner?.productId && owner.productId !== productId)
        return [{ row, column: 'sku', message: 'belongs to another product' }]
      return []
    }),
  ]
}
