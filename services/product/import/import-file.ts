/** Takes in a file: reads it, tells its products apart, and writes them batch by batch until its time is over. */
import { setImmediate } from 'node:timers/promises'
import { type Context, type Queryable, sql } from '@doran/kernel'
import { importBatch, type Shop } from './batch.ts'
import type { HeaderOptions } from './header.ts'
import { Report } from './report.ts'
import { type ProductRows, readSheet, type Sheet } from './sheet.ts'
import { findShelves } from './shelves.ts'
import { Turnstile } from './turnstile.ts'

/** A transaction: enough to be fast, few enough not to hold locks for long. */
const BATCH_PRODUCTS = 200
const BATCH_ROWS = 500
/** Left for the answer, and for the last batch to take longer than those before it. */
const RESERVE_MS = 2_000

export interface ImportOptions extends HeaderOptions, Omit<Shop, 'sheet' | 'shelves'> {}

type ImportContext = Pick<Context, 'db' | 'cache' | 'client' | 'log' | 'deadline'>

/** A process takes in two files at a time; others wait, for each may need a hundred megabytes. */
const imports = new Turnstile(2)

export function importFile(bytes: Buffer, options: ImportOptions, ctx: ImportContext): Promise<Report> {
  return imports.pass(ctx.deadline, () => takeIn(bytes, options, ctx))
}

async function takeIn(bytes: Buffer, options: ImportOptions, ctx: ImportContext): Promise<Report> {
  const report = new Report()
  const sheet = await readSheet(bytes, options, report, ctx.deadline)
  const shop: Shop = { ...options, sheet, shelves: await findShelves(ctx.db) }
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

/** Where the file has SKUs only: rows of one known product come together; a new SKU is a product of that name. */
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

/** A SKU in two products of the file is wrong in both. */
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
