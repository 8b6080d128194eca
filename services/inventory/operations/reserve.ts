import type { Handler } from '@doran/kernel'
import type { InventoryConfig } from '../config.ts'
import type { inventory } from '../contract.ts'
import { reservationReleased } from '../errors.ts'
import {
  assertSameLines,
  extendHold,
  holdStock,
  insertReservation,
  lockReservation,
  mergeLines,
  presentReservation,
  renewHold,
} from '../reservations.ts'

export const reserve: Handler<typeof inventory, 'reserve', InventoryConfig> = ({ orderId, lines, until }, ctx) =>
  ctx.db.transaction(async (tx) => {
    const wanted = mergeLines(lines)
    const term = { minutes: ctx.config.INVENTORY_RESERVATION_MINUTES, until }
    const fresh = await insertReservation(tx, { orderId, lines: wanted, term })
    if (fresh) {
      await holdStock(tx, fresh)
      return presentReservation(fresh)
    }

    const [known, extended] = await Promise.all([lockReservation(tx, orderId), extendHold(tx, orderId, term)])
    if (known.state === 'released') throw reservationReleased({ orderId })
    assertSameLines(known, wanted)
    if (known.state !== 'expired') return presentReservation({ ...known, ...extended })

    await holdStock(tx, known)
    return presentReservation({ ...known, state: 'held', expiresAt: await renewHold(tx, orderId, term) })
  })
