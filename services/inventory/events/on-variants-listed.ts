import { type Context, on, type Transaction } from '@doran/kernel'
import { product, variantsListed } from '@doran/product/contract'
import { moveStock } from '../movements.ts'
import { assignSellers, enterSkus, lockHidden, revealSkus, type StockRow } from '../stock.ts'

/**
 * New SKUs become known with nothing on hand, and those that are on sale are shown. Running it twice is harmless: the
 * second time everything is so already.
 */
export const onVariantsListed = on(variantsListed, async ({ sellerId, skus, isPublic = true }, ctx) => {
  await enterSkus(
    ctx.db,
    skus.map((sku) => ({ sku, sellerId })),
    { isPublic },
  )
  const hidden = await lockHidden(ctx.db, skus)
  if (hidden.length === 0) return
  await takeOver(ctx.db, hidden, sellerId, ctx)
  if (isPublic)
    await revealSkus(
      ctx.db,
      hidden.map(({ sku }) => sku),
    )
})

/**
 * A SKU that no buyer has seen may have another seller now, who begins with an empty shelf. Whose it is says the
 * catalogue, for news may arrive in any order.
 */
async function takeOver(
  tx: Transaction,
  hidden: readonly StockRow[],
  sellerId: string,
  { client }: Pick<Context, 'client'>,
): Promise<void> {
  const strange = hidden.filter((stock) => stock.sellerId !== sellerId)
  if (strange.length === 0) return
  const owners = await client(product).getSkuOwners({ skus: strange.map(({ sku }) => sku) })
  const ours = new Set(owners.flatMap((owner) => (owner.sellerId === sellerId ? owner.sku : [])))
  const taken = strange.filter(({ sku }) => ours.has(sku))
  const left = taken.filter(({ onHand }) => onHand > 0)
  await moveStock(
    tx,
    'set',
    left.map(({ sku, onHand }) => ({ sku, onHand: -onHand, note: 'The SKU has another seller.' })),
  )
  await assignSellers(
    tx,
    taken.map(({ sku }) => ({ sku, sellerId })),
  )
}
