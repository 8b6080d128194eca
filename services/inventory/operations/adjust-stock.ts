import { audited, type Handler } from '@doran/kernel'
import type { inventory } from '../contract.ts'
import { stockTooLow } from '../errors.ts'
import { moveStock } from '../movements.ts'
import { assertNote, getOwnStock, lockOwnStock, presentStock } from '../stock.ts'

export const adjustStock: Handler<typeof inventory, 'adjustStock'> = ({ sku, change, note }, ctx) =>
  ctx.db.transaction(async (tx) => {
    assertNote(note)
    const stock = await lockOwnStock(tx, sku, ctx.actor)
    audited(ctx, {
      target: { sellerId: stock.sellerId },
      before: { onHand: stock.onHand },
      after: { onHand: stock.onHand + change },
    })
    if (stock.onHand + change < stock.reserved) throw stockTooLow(presentStock(stock))

    if (change !== 0) await moveStock(tx, 'adjust', [{ sku, onHand: change, note }])

    return presentStock(await getOwnStock(tx, sku, ctx.actor))
  })
