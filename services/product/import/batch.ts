/** Writes the products of a file in batches, so that no transaction holds its locks for long. */
import { type Context, newId, type Transaction, validate } from '@doran/kernel'
import { Sku } from '../contract.ts'
import { productKeyTaken, skuTaken } from '../errors.ts'
import { publishProducts } from '../listings.ts'
import { findSkuOwners, isChanged, lockProducts, type ProductWrite, type SkuOwner, tidy } from '../products.ts'
import { type ReadOptions, type ReadProduct, readProduct } from './read-product.ts'
import type { Report, RowMessage } from './report.ts'
import type { ProductRows } from './sheet.ts'
import { type CountedStock, findStock, findUnnamedSkus, type StockOf, setStock } from './stock.ts'

export interface Shop extends ReadOptions {
  sellerId: string
  /** Does everything except writing. */
  dryRun: boolean
}

/** The outcome of a batch. It is added to the report once the batch is committed. */
interface Outcome {
  created: number
  updated: number
  unchanged: number
  errors: RowMessage[]
  warnings: RowMessage[]
  removed: { row: number; sku: string }[]
  counted: CountedStock[]
}

type ImportContext = Pick<Context, 'db' | 'cache' | 'client' | 'log'>

export async function importBatch(batch: ProductRows[], shop: Shop, report: Report, ctx: ImportContext): Promise<void> {
  const stockOf = await askStock(batch, shop, ctx)
  for (const outcome of await writeBatch(batch, shop, stockOf, ctx)) {
    report.created += outcome.created
    report.updated += outcome.updated
    report.unchanged += outcome.unchanged
    for (const error of outcome.errors) report.error(error)
    for (const warning of outcome.warnings) report.warn(warning)
    for (const { row, sku } of outcome.removed) report.removeVariant(row, sku)
    report.stockChanged += outcome.counted.length
    if (shop.dryRun) continue
    const failed = await setStock(ctx, shop.sellerId, outcome.counted)
    report.stockChanged -= failed.length
    for (const { row, message } of failed) report.error({ row, column: columnOf(shop, 'stock'), message })
  }
}

/** Reads the stock before the transaction, which must not wait for another service. Asks only for the SKUs it needs. */
async function askStock(batch: ProductRows[], shop: Shop, ctx: ImportContext): Promise<StockOf> {
  const named = skusOf(batch)
  const keys = batch.map(({ key }) => key)
  const unnamed = shop.removeVariants ? await findUnnamedSkus(ctx.db, { sellerId: shop.sellerId, keys, named }) : []
  const counted = shop.sheet.columns.has('stock') ? named : []
  const asked = new Set([...unnamed, ...counted].filter((sku) => !validate(Sku, sku)))
  return findStock(ctx, [...asked])
}

/**
 * Writes the batch in one transaction. If a concurrent writer has taken one of its SKUs or keys, it writes the products
 * one by one, to find out which.
 */
async function writeBatch(batch: ProductRows[], shop: Shop, stockOf: StockOf, ctx: ImportContext): Promise<Outcome[]> {
  const write = (products: ProductRows[]) =>
    ctx.db.transaction((tx) => writeAll(tx, products, shop, stockOf, ctx.cache))
  try {
    return [await write(batch)]
  } catch (error) {
    if (!skuTaken.is(error) && !productKeyTaken.is(error)) throw error
  }
  const outcomes: Outcome[] = []
  for (const product of batch) {
    try {
      // The same file may be imported concurrently. The second attempt finds the product that the other import created.
      outcomes.push(
        await write([product]).catch((error) => (productKeyTaken.is(error) ? write([product]) : Promise.reject(error))),
      )
    } catch (error) {
      if (!skuTaken.is(error)) throw error
      const row = product.lines[0]?.row ?? 1
      outcomes.push({ ...NOTHING, errors: [{ row, column: columnOf(shop, 'sku'), message: error.message }] })
    }
  }
  return outcomes
}

const NOTHING: Outcome = { created: 0, updated: 0, unchanged: 0, errors: [], warnings: [], removed: [], counted: [] }

async function writeAll(
  tx: Transaction,
  batch: ProductRows[],
  shop: Shop,
  stockOf: StockOf,
  cache: Context['cache'],
): Promise<Outcome> {
  const { sellerId } = shop
  // Read the owners first: a product that is created in between is then found by its key, not reported as another's.
  const ownerOf = new Map((await findSkuOwners(tx, skusOf(batch))).map((owner) => [owner.sku, owner]))
  const known = await lockProducts(
    tx,
    batch.map(({ key }) => ({ sellerId, key })),
  )
  const outcome: Outcome = { ...NOTHING, errors: [], warnings: [], removed: [], counted: [] }
  const writes: ProductWrite[] = []
  for (const product of batch) {
    const before = known({ sellerId, key: product.key })
    const read = readProduct(product, before, shop)
    const errors = [
      ...read.errors,
      ...ownershipErrors(product, shop, ownerOf, before?.id),
      ...stockProblems(product, read, shop, stockOf),
    ]
    outcome.errors.push(...errors)
    if (errors.length > 0) continue
    outcome.warnings.push(...read.warnings, ...keptWarning(product, read, shop))
    outcome.removed.push(...removedOf(product, read, shop))
    outcome.counted.push(...countedOf(read, stockOf))
    const { key, state, ...content } = read.draft
    const write = { id: before?.id ?? newId(), sellerId, key, state, content: tidy(content), before }
    const fate = !isChanged(write) ? 'unchanged' : before ? 'updated' : 'created'
    outcome[fate]++
    if (fate !== 'unchanged') writes.push(write)
  }
  if (!shop.dryRun) await publishProducts(tx, cache, writes)
  return outcome
}

function skusOf(batch: readonly ProductRows[]): string[] {
  return batch.flatMap(({ lines }) => lines.map(({ sku }) => sku))
}

function columnOf(shop: Shop, column: string): string | null {
  return shop.sheet.columns.get(column) ?? null
}

/** Errors of SKUs that belong to another shop or another product. */
function ownershipErrors(
  { lines }: ProductRows,
  shop: Shop,
  ownerOf: ReadonlyMap<string, SkuOwner>,
  productId: string | undefined,
): RowMessage[] {
  const column = columnOf(shop, 'sku')
  return lines.flatMap(({ row, sku }) => {
    const owner = ownerOf.get(sku)
    if (owner && owner.sellerId !== shop.sellerId) return { row, column, message: 'belongs to another shop' }
    if (owner?.productId && owner.productId !== productId) return { row, column, message: 'belongs to another product' }
    return []
  })
}

/** Errors of removed variants that still have stock, and of counts below the reserved quantity. */
function stockProblems({ lines }: ProductRows, read: ReadProduct, shop: Shop, stockOf: StockOf): RowMessage[] {
  const row = lines[0]?.row ?? 1
  const lost = shop.removeVariants
    ? read.unnamed.flatMap((sku) => {
        const stock = stockOf.get(sku)
        if (!stock || stock.onHand + stock.reserved === 0) return []
        const message = `${sku}, which the file no longer names, has ${stock.onHand} on hand and ${stock.reserved} reserved; set its stock to 0 before it goes`
        return { row, column: columnOf(shop, 'sku'), message }
      })
    : []
  const low = [...read.stock].flatMap(([sku, { row, onHand }]) => {
    const reserved = stockOf.get(sku)?.reserved ?? 0
    const message = `is lower than the ${reserved} that are reserved for orders`
    return onHand < reserved ? { row, column: columnOf(shop, 'stock'), message } : []
  })
  return [...lost.slice(0, 1), ...low]
}

function countedOf({ stock }: ReadProduct, stockOf: StockOf): CountedStock[] {
  return [...stock].flatMap(([sku, { row, onHand }]) =>
    stockOf.get(sku)?.onHand === onHand ? [] : { sku, row, onHand },
  )
}

function removedOf({ lines }: ProductRows, { unnamed }: ReadProduct, shop: Shop) {
  return shop.removeVariants ? unnamed.map((sku) => ({ row: lines[0]?.row ?? 1, sku })) : []
}

function keptWarning({ lines }: ProductRows, { unnamed }: ReadProduct, shop: Shop): RowMessage[] {
  if (shop.removeVariants || unnamed.length === 0) return []
  const skus = unnamed.slice(0, 5).join(', ') + (unnamed.length > 5 ? ` and ${unnamed.length - 5} more` : '')
  const message = `the product keeps ${skus}, which the file does not name; \`removeVariants=true\` removes what is missing`
  return [{ row: lines[0]?.row ?? 1, column: columnOf(shop, 'sku'), message }]
}
