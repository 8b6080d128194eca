import { type Context, on, type Transaction } from '@doran/kernel'
import { product, variantsListed } from '@doran/product/contract'
import { moveStock } from '../movements.ts'
import { assignSellers, enterSkus, lockHidden, revealSkus, type StockRow } from '../stock.ts'

/** SKUs per call of `getSkuOwners`. */
const OWNERS_BATCH_SIZE = 1_000

interface Listed {
  readonly sku: string
  readonly sellerId: string
  readonly isPublic: boolean
}

/**
 * Registers new SKUs with nothing on hand, and makes those on sale visible to buyers. Runs in batches, because an
 * import publishes thousands at once. Running it twice is harmless: the second run changes nothing.
 */
export const onVariantsListed = on(
  variantsListed,
  async (all, ctx) => {
    const listed = all.flatMap(({ sellerId, skus, isPublic = true }) =>
      skus.map((sku) => ({ sku, sellerId, isPublic })),
    )
    await enterSkus(ctx.db, listed)
    const hidden = await lockHidden(
      ctx.db,
      listed.map(({ sku }) => sku),
    )
    if (hidden.length === 0) return
    await takeOver(ctx.db, hidden, listed, ctx)
    const shown = new Set(listed.flatMap(({ sku, isPublic }) => (isPublic ? sku : [])))
    await revealSkus(
      ctx.db,
      hidden.flatMap(({ sku }) => (shown.has(sku) ? sku : [])),
    )
  },
  { lane: 'bulk', batch: 500 },
)

/**
 * A SKU that no buyer has seen may belong to another seller by now, who starts with no stock. The catalogue decides who
 * owns it, because events may arrive in any order.
 */
async function takeOver(
  tx: Transaction,
  hidden: readonly StockRow[],
  listed: readonly Listed[],
  { client }: Pick<Context, 'client'>,
): Promise<void> {
  const listedBySku = Map.groupBy(listed, ({ sku }) => sku)
  const isDisputed = ({ sku, sellerId }: StockRow) => listedBySku.get(sku)?.some((one) => one.sellerId !== sellerId)
  const disputed = hidden.filter(isDisputed)
  const ownerOf = new Map<string, string>()
  for (let from = 0; from < disputed.length; from += OWNERS_BATCH_SIZE) {
    const skus = disputed.slice(from, from + OWNERS_BATCH_SIZE).map(({ sku }) => sku)
    for (const { sku, sellerId } of await client(product).getSkuOwners({ skus })) ownerOf.set(sku, sellerId)
  }
  const taken = disputed.flatMap((stock) => {
    const sellerId = ownerOf.get(stock.sku)
    return sellerId && sellerId !== stock.sellerId ? { ...stock, sellerId } : []
  })
  if (taken.length === 0) return
  const left = taken.filter(({ onHand }) => onHand > 0)
  await moveStock(
    tx,
    'set',
    left.map(({ sku, onHand }) => ({ sku, onHand: -onHand, note: 'The SKU has another seller.' })),
  )
  await assignSellers(tx, taken)
}
