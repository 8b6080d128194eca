import type { Handler } from '@doran/kernel'
import type { inventory } from '../contract.ts'
import { stockTooLow } from '../errors.ts'
import { moveStock } from '../movements.ts'
import { assignSellers, enterSkus, lockStock, presentStock } from '../stock.ts'

export const loadStock: Handler<typeof inventory, 'loadStock'> = ({ items, known = 'set' }, ctx) =>
  ctx.db.transaction(async (tx) => {
    const wanted = new Map(items.map((item) => [item.sku, item]))
    await enterSkus(tx, [...wanted.values()])
    const rows = await lockStock(tx, [...wanted.keys()])
    const taken = rows
      .filter(({ version }) => known === 'set' || version === 0)
      .map((stock) => ({ stock, ...(wanted.get(stock.sku) as (typeof items)[number]) }))
    for (const { stock, onHand } of taken) if (onHand < stock.reserved) throw stockTooLow(presentStock(stock))

    await assignSellers(tx, taken)
    const changes = taken.map(({ sku, onHand, stock }) => ({ sku, onHand: onHand - stock.onHand }))
    await moveStock(
      tx,
      'set',
      changes.filter(({ onHand }) => onHand !== 0),
    )

    return { loaded: taken.length }
  })
