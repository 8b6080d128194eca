import { type Context, on, type Transaction } from '@doran/kernel'
import { product, variantsListed } from '@doran/product/contract'
import { moveStock } from '../movements.ts'
import { assignSellers, enterSkus, lockHidden, revealSkus, type StockRow } from '../stock.ts'

/** Most SKUs whose owners the catalogue tells at once. */
const OWNERS_AT_ONCE = 1_000

interface Listed {
  readonly sku: string
  readonly sellerId: string
  readonly isPublic: boolean
}

/**
 * New SKUs become known with nothing on hand, and those that are on sale are shown; an import brings thousands at once.
 * Running it twice is harmless: the second time everything is so already.
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
 * A SKU that no buyer has seen may have another seller now, who begins with an empty shelf. Whose it is says the
 * catalogue, for news may arrive in any order.
 */
async function takeOver(
  tx: Transaction,
  hidden: readonly StockRow[],
  listed: readonly Listed[],
  { client }: Pick<Context, 'client'>,
): Promise<void> {
  const told = Map.groupBy(listed, ({ sku }) => sku)
  const isStrange = ({ sku, sellerId }: StockRow) => told.get(sku)?.some((news) => news.sellerId !== sellerId)
  const strange = hidden.filter(isStrange)
  const ownerOf = new Map<string, string>()
  for (let from = 0; from < strange.length; from += OWNERS_AT_ONCE) {
    const skus = strange.slice(from, from + OWNERS_AT_ONCE).map(({ sku }) => sku)
    for (const { sku, sellerId } of await client(product).getSkuOwners({ skus })) ownerOf.set(sku, sellerId)
  }
  const taken = strange.flatMap((stock) => {
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
