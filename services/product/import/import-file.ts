/** Imports a file: reads it, identifies its products and writes them batch by batch until the deadline is near. */
import { setImmediate } from 'node:timers/promises'
import { type Context, type Queryable, sql } from '@doran/kernel'
import { importBatch, type Shop } from './batch.ts'
import type { HeaderOptions } from './header.ts'
import { Report } from './report.ts'
import { Semaphore } from './semaphore.ts'
import { type ProductRows, readSheet, type Sheet } from './sheet.ts'
import { loadTaxonomy } from './taxonomy.ts'

/** The size of a transaction: large enough to be fast, small enough not to hold locks for long. */
const BATCH_PRODUCTS = 200
const BATCH_ROWS = 500
/** Time reserved for the answer, and for a last batch that takes longer than the others. */
const RESERVE_MS = 2_000

export interface ImportOptions extends HeaderOptions, Omit<Shop, 'sheet' | 'taxonomy'> {}

type ImportContext = Pick<Context, 'db' | 'cache' | 'client' | 'log' | 'deadline'>

/** A process imports two files at a time, and others wait, because each may need a hundred megabytes. */
const imports = new Semaphore(2)

export function importFile(bytes: Buffer, options: ImportOptions, ctx: ImportContext): Promise<Report> {
  return imports.run(ctx.deadline, () => importNow(bytes, options, ctx))
}

async function importNow(bytes: Buffer, options: ImportOptions, ctx: ImportContext): Promise<Report> {
  const report = new Report()
  const sheet = await readSheet(bytes, options, report, ctx.deadline)
  const shop: Shop = { ...options, sheet, taxonomy: await loadTaxonomy(ctx.db) }
  const products = await withKeys(ctx.db, sheet, options.sellerId)
  findSharedSkus(products)

  let slowest = 0
  for (const { from, batch } of batches(products)) {
    if (ctx.deadline.remaining < RESERVE_MS + 2 * slowest) {
      report.notReached = products.length - from
      break
    }
    const start = Date.now()
    await importBatch(batch, shop, report, ctx)
    slowest = Math.max(slowest, Date.now() - start)
    await setImmediate()
  }
  return report
}

function* batches(products: ProductRows[]): Generator<{ from: number; batch: ProductRows[] }> {
  for (let from = 0; from < products.length; ) {
    let [to, rows] = [from, 0]
    while (to < products.length && to - from < BATCH_PRODUCTS && (rows === 0 || rows < BATCH_ROWS)) {
      rows += products[to]?.lines.length ?? 0
      to++
    }
    yield { from, batch: products.slice(from, to) }
    from = to
  }
}

/**
 * Finds the keys of products in a file that has only SKUs. Groups the rows of an existing product; a new SKU becomes a
 * product with the SKU as its key.
 */
async function withKeys(db: Queryable, sheet: Sheet, sellerId: string): Promise<ProductRows[]> {
  if (!sheet.products.some(({ key }) => key === '')) return sheet.products
  const keyOf = await findKeys(
    db,
    sellerId,
    sheet.products.flatMap(({ lines }) => lines.map(({ sku }) => sku)),
  )
  const together = Map.groupBy(sheet.products, ({ lines }) => {
    const sku = lines[0]?.sku ?? ''
    return keyOf.get(sku) ?? sku
  })
  return [...together].map(([key, parts]) => ({
    key,
    lines: parts.flatMap(({ lines }) => lines),
    translate: () => ({ rows: parts.flatMap(({ translate }) => translate().rows) }),
    problems: [],
  }))
}

async function findKeys(db: Queryable, sellerId: string, skus: readonly string[]): Promise<Map<string, string>> {
  const rows = await db.all<{ sku: string; key: string }>(sql`
    select v.sku, p.key from product.variants v join product.products p on p.id = v.product_id
    where v.sku = any(${skus}::text[]) and p.seller_id = ${sellerId}`)
  return new Map(rows.map(({ sku, key }) => [sku, key]))
}

/** A SKU in two products of the file is an error in both. */
function findSharedSkus(products: readonly ProductRows[]): void {
  const keyOf = new Map<string, string>()
  const shared = new Set<string>()
  for (const { key, lines } of products) {
    for (const { sku } of lines) {
      if (sku !== '' && (keyOf.get(sku) ?? key) !== key) shared.add(sku)
      keyOf.set(sku, key)
    }
  }
  for (const { lines, problems } of shared.size > 0 ? products : []) {
    const message = 'stands in another product of this file too'
    for (const { row, sku } of lines) if (shared.has(sku)) problems.push({ row, column: 'sku', message })
  }
}
