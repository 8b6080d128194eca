import { type Handler, sql, type Transaction } from '@doran/kernel'
import type { inventory } from '../contract.ts'
import { skuUnknown } from '../errors.ts'
import { moveStock } from '../movements.ts'
import { lockStock } from '../stock.ts'

export const restock: Handler<typeof inventory, 'restock'> = ({ reference, lines }, ctx) =>
  ctx.db.transaction(async (tx) => {
    if (!(await insertRestock(tx, reference))) return
    await assertKnown(
      tx,
      lines.map(({ sku }) => sku),
    )
    await moveStock(
      tx,
      'restock',
      lines.map(({ sku, quantity }) => ({ sku, onHand: quantity, reference })),
    )
  })

/** False when the goods came back under this reference before. */
async function insertRestock(tx: Transaction, reference: string): Promise<boolean> {
  return (
    (await tx.run(sql`insert into inventory.restocks (reference) values (${reference}) on conflict do nothing`)) > 0
  )
}

async function assertKnown(tx: Transaction, skus: readonly string[]): Promise<void> {
  const known = new Set((await lockStock(tx, skus)).map(({ sku }) => sku))
  const sku = skus.find((sku) => !known.has(sku))
  if (sku) throw skuUnknown({ sku })
}
