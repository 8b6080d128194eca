import { audited, type Handler } from '@doran/kernel'
import type { inventory } from '../contract.ts'
import { stockTooLow } from '../errors.ts'
import { moveStock } from '../movements.ts'
import { assertNote, getOwnStock, lockOwnStock, presentStock, setThreshold } from '../stock.ts'

export const setStock: Handler<typeof inventory, 'setStock'> = ({ sku, onHand, lowStockAt, note }, ctx) =>
  ctx.db.transaction(async (tx) => {
    assertNote(note)
    const stock = await lockOwnStock(tx, sku, ctx.actor)
    audited(ctx, {
      target: { sellerId: stock.sellerId },
      before: { onHand: stock.onHand, lowStockAt: stock.lowStockAt },
      after: { onHand, lowStockAt: lowStockAt ?? stock.lowStockAt },
    })
    if (onHand < stock.reserved) throw stockTooLow(presentStock(stock))

    if (lowStockAt !== undefined) await setThreshold(tx, sku, lowStockAt)
    const difference = onHand - stock.onHand
    if (difference !== 0) await moveStock(tx, 'set', [{ sku, onHand: difference, note }])

    return presentStock(await getOwnStock(tx, sku, ctx.actor))
  })
