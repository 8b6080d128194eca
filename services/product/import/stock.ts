/** What an import asks the inventory, and tells it. */
import { inventory } from '@doran/inventory/contract'
import { type Context, DomainError, type Queryable, sql } from '@doran/kernel'

/** The inventory answers so many SKUs at a time. */
const PORTION = 200

export type StockOf = ReadonlyMap<string, { onHand: number; reserved: number }>

export async function findStock(ctx: Pick<Context, 'client'>, skus: readonly string[]): Promise<StockOf> {
  const found = new Map<string, { onHand: number; reserved: number }>()
  for (let from = 0; from < skus.length; from += PORTION) {
    const rows = await ctx.client(inventory).listStock({ skus: skus.slice(from, from + PORTION) })
    for (const { sku, onHand, reserved } of rows) found.set(sku, { onHand, reserved })
  }
  return found
}

/** Variants of these products, by the seller's keys, other than the named ones. */
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
 * Sets what was counted, and answers what could not be set. The products are written by then; whoever sends the file
 * again sets it.
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
    // All or none: one SKU of which more is reserved would keep the others from being set.
    if (counted.length > 1 && error.status < 500) {
      const failed = []
      for (const one of counted) failed.push(...(await setStock(ctx, sellerId, [one])))
      return failed
    }
    if (counted.length === 1 && only && error.status < 500) return [{ row: only.row, message: error.message }]
    ctx.log.warn({ err: error, skus: counted.length }, 'the stock of an import was not set')
    return counted.map(({ row }) => ({ row, message: 'could not be set now; send the file again' }))
  }
}
