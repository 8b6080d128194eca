import type { Handler } from '@doran/kernel'
import type { inventory } from '../contract.ts'
import { reservationReleased } from '../errors.ts'
import { lockReservation, presentReservation, sellStock, setState } from '../reservations.ts'

export const commit: Handler<typeof inventory, 'commit'> = ({ orderId }, ctx) =>
  ctx.db.transaction(async (tx) => {
    const reservation = await lockReservation(tx, orderId)
    if (reservation.state === 'released') throw reservationReleased({ orderId })
    if (reservation.state === 'committed') return presentReservation(reservation)

    await sellStock(tx, reservation)
    await setState(tx, orderId, 'committed')

    return presentReservation({ ...reservation, state: 'committed' })
  })
