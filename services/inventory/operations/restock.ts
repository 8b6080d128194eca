import { type Handler, sql, type Transaction } from '@doran/kernel'
import type { inventory } from '../contract.ts'
import { moveStock } from '../movements.ts'
import { lockStock } from '../stock.ts'

export const restock: Handler<typeof inventory, 'restock'> = ({ reference, lines }, ctx) =>
  ctx.db.transaction(async (tx) => {
    const fresh = await insertRestock(tx, reference)
    const stock = await lockStock(
      tx,
      lines.map(({ sku }) => sku),
    )
    const known = new Set(stock.map(({ sku }) => sku))
    const unknown = [...new Set(lines.map(({ sku }) => sku).filter((sku) => !known.has(sku)))]
    if (!fresh) return { unknown }

    if (unknown.length > 0)
      ctx.log.error({ reference, unknown }, 'returned goods have an unknown SKU and were not restocked')
    const back = lines.filter(({ sku }) => known.has(sku))
    await moveStock(
      tx,
      'restock',
      back.map(({ sku, quantity }) => ({ sku, onHand: quantity, reference })),
    )
    return { unknown }
  })

/** False when this reference has been restocked before. */
async function insertRestock(tx: Transaction, reference: string): Promise<boolean> {
  return (
    (await tx.run(sql`insert into inventory.restocks (reference) values (${reference}) on conflict do nothing`)) > 0
  )
}
