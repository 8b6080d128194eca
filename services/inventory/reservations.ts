/**
 * Reservations: stock held for an order, from the hold to the sale or back.
 *
 *     held ── commit ──> committed        held ── time ──> expired ── reserve or commit ──> held or committed
 *     held, committed, expired, none ── release ──> released, for good
 *
 * Lock order: the reservation first, then its stock rows.
 */
import { type Queryable, sql, type Transaction } from '@doran/kernel'
import type { Reservation } from './contract.ts'
import { quantityTooLarge, reservationMismatch, reservationUnknown } from './errors.ts'
import { type Change, moveStock } from './movements.ts'

const MAX_QUANTITY = 9_999

export interface Line {
  sku: string
  quantity: number
}

export interface ReservationRow extends Omit<Reservation, 'state'> {
  state: 'held' | 'committed' | 'released' | 'expired'
}

/** Merges the lines into one per SKU, in the order of the SKUs. Raises `quantity_too_large`. */
export function mergeLines(lines: readonly Line[]): Line[] {
  const quantities = new Map<string, number>()
  for (const { sku, quantity } of lines) quantities.set(sku, (quantities.get(sku) ?? 0) + quantity)
  for (const [sku, quantity] of quantities) if (quantity > MAX_QUANTITY) throw quantityTooLarge({ sku, quantity })
  return [...quantities].map(([sku, quantity]) => ({ sku, quantity })).sort((a, b) => (a.sku < b.sku ? -1 : 1))
}

/** The duration of a hold: `minutes` from now, and at least until `until`. */
export interface Term {
  minutes: number
  until?: string | undefined
}

const endOf = ({ minutes, until }: Term) =>
  sql`greatest(now() + make_interval(mins => ${minutes}), ${until ?? null}::timestamptz)`

/** Inserts a new hold without taking its stock yet. Undefined when the order has a reservation or was released. */
export async function insertReservation(
  tx: Transaction,
  { orderId, lines, term }: { orderId: string; lines: readonly Line[]; term: Term },
): Promise<ReservationRow | undefined> {
  const row = await tx.first<{ expiresAt: string }>(sql`
    with fresh as (
      insert into inventory.reservations (order_id, state, expires_at)
      values (${orderId}, 'held', ${endOf(term)})
      on conflict (order_id) do nothing
      returning order_id, expires_at
    ), lines as (
      insert into inventory.reservation_lines (order_id, sku, quantity)
      select f.order_id, l.sku, l.quantity
      from fresh f, unnest(${lines.map(({ sku }) => sku)}::text[], ${lines.map(({ quantity }) => quantity)}::bigint[]) as l (sku, quantity)
    )
    select expires_at as "expiresAt" from fresh`)
  return row && { orderId, state: 'held', expiresAt: row.expiresAt, lines: [...lines] }
}

/** Marks an order without a reservation as released, so that none is made later. False when it has one. */
export async function insertTombstone(tx: Transaction, orderId: string): Promise<boolean> {
  const rows = await tx.run(sql`
    insert into inventory.reservations (order_id, state, expires_at) values (${orderId}, 'released', now())
    on conflict (order_id) do nothing`)
  return rows > 0
}

/** Locks the reservation until the transaction ends. Raises `reservation_unknown`. */
export async function lockReservation(tx: Transaction, orderId: string): Promise<ReservationRow> {
  const row = await tx.first<ReservationRow>(sql`
    select r.order_id as "orderId", r.state, r.expires_at as "expiresAt",
           (select coalesce(json_agg(json_build_object('sku', l.sku, 'quantity', l.quantity) order by l.sku), '[]')
            from inventory.reservation_lines l where l.order_id = r.order_id) as lines
    from inventory.reservations r where r.order_id = ${orderId} for no key update`)
  if (!row) throw reservationUnknown({ orderId })
  return row
}

export async function setState(tx: Transaction, orderId: string, state: ReservationRow['state']): Promise<void> {
  await tx.later(
    sql`update inventory.reservations set state = ${state}, updated_at = now() where order_id = ${orderId}`,
  )
}

/** Renews an expired hold without taking its stock yet. Returns its new end. */
export async function renewHold(tx: Transaction, orderId: string, term: Term): Promise<string> {
  const { expiresAt } = await tx.one<{ expiresAt: string }>(sql`
    update inventory.reservations
    set state = 'held', expires_at = ${endOf(term)}, updated_at = now()
    where order_id = ${orderId}
    returning expires_at as "expiresAt"`)
  return expiresAt
}

/**
 * Extends a hold that would end before `until` or has less than half of its minutes left. Most repetitions come soon,
 * so they write nothing. Returns the new end, if it was extended.
 */
export function extendHold(tx: Transaction, orderId: string, term: Term): Promise<{ expiresAt: string } | undefined> {
  return tx.first<{ expiresAt: string }>(sql`
    update inventory.reservations set expires_at = ${endOf(term)}, updated_at = now()
    where order_id = ${orderId} and state = 'held'
      and expires_at < greatest(now() + make_interval(mins => ${term.minutes}) / 2, ${term.until ?? null}::timestamptz)
    returning expires_at as "expiresAt"`)
}

/** Expires at most `limit` overdue reservations and returns their lines. */
export function expireDue(tx: Queryable, limit: number): Promise<(Line & { orderId: string })[]> {
  return tx.all<Line & { orderId: string }>(sql`
    with due as (
      select order_id from inventory.reservations where state = 'held' and expires_at <= now()
      order by expires_at limit ${limit} for no key update skip locked
    ), expired as (
      update inventory.reservations r set state = 'expired', updated_at = now()
      from due where r.order_id = due.order_id
      returning r.order_id
    )
    select l.order_id as "orderId", l.sku, l.quantity
    from expired e join inventory.reservation_lines l using (order_id)`)
}

/** Raises `reservation_mismatch` unless the reservation has these lines. */
export function assertSameLines({ orderId, lines }: ReservationRow, wanted: readonly Line[]): void {
  const same =
    lines.length === wanted.length &&
    lines.every(({ sku, quantity }, index) => sku === wanted[index]?.sku && quantity === wanted[index]?.quantity)
  if (!same) throw reservationMismatch({ orderId })
}

/** Takes the reservation's stock. Raises `out_of_stock`. */
export function holdStock(tx: Transaction, reservation: ReservationRow): Promise<void> {
  return moveStock(tx, 'reserve', changesOf(reservation, { reserved: 1 }))
}

/** Sells the stock of the reservation. Raises `out_of_stock` when it has expired and its stock is gone. */
export function sellStock(tx: Transaction, reservation: ReservationRow): Promise<void> {
  return moveStock(
    tx,
    'commit',
    changesOf(reservation, { onHand: -1, reserved: reservation.state === 'held' ? -1 : 0 }),
  )
}

/** Gives back the stock that the reservation holds or has sold. */
export async function giveStockBack(tx: Transaction, reservation: ReservationRow): Promise<void> {
  if (reservation.state === 'held') await moveStock(tx, 'release', changesOf(reservation, { reserved: -1 }))
  if (reservation.state === 'committed') await moveStock(tx, 'release', changesOf(reservation, { onHand: 1 }))
}

export function presentReservation({ orderId, state, expiresAt, lines }: ReservationRow): Reservation {
  return { orderId, state: state === 'expired' ? 'released' : state, expiresAt, lines }
}

/** The change for one unit, multiplied by the quantity of each line. */
function changesOf({ orderId, lines }: ReservationRow, unit: { onHand?: number; reserved?: number }): Change[] {
  return lines.map(({ sku, quantity }) => ({
    sku,
    onHand: (unit.onHand ?? 0) * quantity,
    reserved: (unit.reserved ?? 0) * quantity,
    reference: orderId,
  }))
}
