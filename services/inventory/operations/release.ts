import type { Handler } from '@doran/kernel'
import type { inventory } from '../contract.ts'
import { giveStockBack, insertTombstone, lockReservation, setState } from '../reservations.ts'

export const release: Handler<typeof inventory, 'release'> = ({ orderId }, ctx) =>
  ctx.db.transaction(async (tx) => {
    if (await insertTombstone(tx, orderId)) return
    const reservation = await lockReservation(tx, orderId)
    if (reservation.state === 'released') return

    await giveStockBack(tx, reservation)
    await setState(tx, orderId, 'released')
  })
