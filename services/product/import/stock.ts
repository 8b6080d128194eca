/** Calls of an import to the inventory. */
import { inventory } from '@doran/inventory/contract'
import { type Context, DomainError, type Queryable, sql } from '@doran/kernel'

/** The maximum number of SKUs per call of `listStock`. */
const BATCH_SIZE = 200

export type StockOf = ReadonlyMap<string, { onHand: number; reserved: number }>

export async function findStock(ctx: Pick<Context, 'client'>, skus: readonly string[]): Promise<StockOf> {
  const found = new Map<string, { onHand: number; reserved: number }>()
  for (let from = 0; from < skus.length; from += BATCH_SIZE) {
    const rows = await ctx.client(inventory).listStock({ skus: skus.slice(from, from + BATCH_SIZE) })
    for (const { sku, onHand, reserved } of rows) found.set(sku, { onHand, reserved })
  }
  return found
}

/** SKUs of the products with these keys, without the named ones. */
export async function findUnnamedSkus(
  db: Queryable,
  { sellerId, keys, named }: { sellerId: string; keys: readonly string[]; named: readonly string[] },
): Promise<string[]> {
  const rows = await db.all<{ sku: string }>(sql`
    select v.sku
    from product.products p join product.variants v on v.product_id = p.id
    where p.seller_id = ${sellerId} and p.key = any(${keys}::text[]) and v.sku <> all(${named}::text[])`)
  return rows.map(({ sku }) => sku)
}

export interface CountedStock {
  row: number
  sku: string
  onHand: number
}

/**
 * Sets the counted stock, and returns what could not be set. The products are already written by then; sending the file
 * again sets the rest.
 */
export async function setStock(
  ctx: Pick<Context, 'client' | 'log'>,
  sellerId: string,
  counted: readonly CountedStock[],
): Promise<{ row: number; message: string }[]> {
  if (counted.length === 0) return []
  const items = counted.map(({ sku, onHand }) => ({ sku, sellerId, onHand }))
  try {
    await ctx.client(inventory).loadStock({ items })
    return []
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    const [only] = counted
    // `loadStock` sets all or none. One SKU with a higher reserved quantity would block the others, so set them singly.
    if (counted.length > 1 && error.status < 500) {
      const failed = []
      for (const one of counted) failed.push(...(await setStock(ctx, sellerId, [one])))
      return failed
    }
    if (counted.length === 1 && only && error.status < 500) return [{ row: only.row, message: error.message }]
    ctx.log.warn({ err: error, skus: counted.length }, 'the stock of an import could not be set')
    return counted.map(({ row }) => ({ row, message: 'could not be set now; send the file again' }))
  }
}
