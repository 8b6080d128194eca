import { type Context, on, type Transaction } from '@doran/kernel'
import { product, variantsListed } from '@doran/product/contract'
import { moveStock } from '../movements.ts'
import { assignSellers, enterSkus, findHidden, revealSkus } from '../stock.ts'

/**
 * New SKUs become known with nothing on hand, and those that are on sale are shown. Running it twice is harmless: the
 * second time everything is so already.
 */
export const onVariantsListed = on(variantsListed, async ({ sellerId, skus, isPublic = true }, ctx) => {
  const entries = skus.map((sku) => ({ sku, sellerId }))
  await enterSkus(ctx.db, entries, { isPublic })
  await handOver(ctx.db, entries, ctx)
  if (isPublic) await revealSkus(ctx.db, skus)
})

/**
 * A SKU that no buyer has seen may have another seller now, who begins with an empty shelf. Whose it is says the
 * catalogue, for news may arrive in any order.
 */
async function handOver(
  tx: Transaction,
  entries: readonly { sku: string; sellerId: string }[],
  { client }: Pick<Context, 'client'>,
): Promise<void> {
  const sellerId = entries[0]?.sellerId
  const hidden = await findHidden(
    tx,
    entries.map(({ sku }) => sku),
  )
  const strange = hidden.filter((stock) => stock.sellerId !== sellerId)
  if (strange.length === 0) return
  const owners = await client(product).getSkuOwners({ skus: strange.map(({ sku }) => sku) })
  const ours = new Set(owners.flatMap((owner) => (owner.sellerId === sellerId ? owner.sku : [])))
  const moved = strange.filter(({ sku }) => ours.has(sku))
  const left = moved.filter(({ onHand }) => onHand > 0)
  await moveStock(
    tx,
    'set',
    left.map(({ sku, onHand }) => ({ sku, onHand: -onHand, note: 'The SKU has another seller.' })),
  )
  await assignSellers(
    tx,
    moved.map(({ sku }) => ({ sku, sellerId: sellerId as string })),
  )
}
