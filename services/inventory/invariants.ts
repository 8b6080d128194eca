/** Checks of the invariants of stock, for `doran check`. Reads only, and by index, so it can run on a live shop. */
import { type Queryable, sql } from '@doran/kernel'
import type { Breach, Invariant } from '@doran/kernel/invariants'
import type { Line } from './reservations.ts'

export const invariants: readonly Invariant[] = [
  { name: 'stock-conserved', page: pageSkus, inspect: findUnconserved },
  { name: 'stock-follows-orders', page: pageSkus, inspect: findMisplaced },
]

const MAX_PAGE_SKUS = 2_000
/** The approximate number of movements per page. A single SKU may have more. */
const PAGE_MOVEMENTS = 100_000

/** The next SKUs in ascending order, up to about {@link PAGE_MOVEMENTS} movements in total. */
export async function pageSkus(db: Queryable, after = ''): Promise<string[]> {
  const rows = await db.all<{ sku: string }>(sql`
    select sku from (
      select sku, sum(version) over (order by sku) - version as before
      from (select sku, version from inventory.stock where sku > ${after} order by sku limit ${MAX_PAGE_SKUS}) as next
    ) as counted
    where before < ${PAGE_MOVEMENTS} order by sku`)
  return rows.map(({ sku }) => sku)
}

/** SKUs whose stock disagrees with the ledger or the reservations, or was ever negative. */
function findUnconserved(db: Queryable, skus: readonly string[]): Promise<Breach[]> {
  return db.all<Breach>(sql`
    with entry as (
      select sku, version, on_hand, reserved,
             sum(on_hand) over through as on_hand_then, sum(reserved) over through as reserved_then
      from inventory.movements where sku = any(${skus}::text[])
      window through as (partition by sku order by version)
    ), ledger as (
      select sku, sum(on_hand) as on_hand, sum(reserved) as reserved, count(*) as entries, max(version) as last,
             bool_or(reserved_then < 0 or on_hand_then < reserved_then) as oversold
      from entry group by sku
    ), held as (
      select sku, sum(quantity) as quantity
      from inventory.reservations join inventory.reservation_lines using (order_id)
      where state = 'held' and sku = any(${skus}::text[]) group by sku
    ), breach as (
      select s.sku as id, concat_ws('; ',
        case when s.on_hand <> coalesce(l.on_hand, 0)
          then format('on hand %s, by its movements %s', s.on_hand, coalesce(l.on_hand, 0)) end,
        case when s.reserved <> coalesce(l.reserved, 0)
          then format('reserved %s, by its movements %s', s.reserved, coalesce(l.reserved, 0)) end,
        case when s.reserved <> coalesce(h.quantity, 0)
          then format('reserved %s, reservations hold %s', s.reserved, coalesce(h.quantity, 0)) end,
        case when s.version <> coalesce(l.entries, 0) or s.version <> coalesce(l.last, 0)
          then format('version %s with %s movements up to %s', s.version, coalesce(l.entries, 0), l.last) end,
        case when s.reserved < 0 or s.on_hand < s.reserved
          then format('on hand %s, reserved %s', s.on_hand, s.reserved) end,
        case when l.oversold then 'its movements went below zero' end) as what
      from inventory.stock s left join ledger l using (sku) left join held h using (sku)
      where s.sku = any(${skus}::text[])
    )
    select id, what from breach where what <> ''`)
}

/** Orders whose movements of one of these SKUs disagree with the state of their reservation. */
function findMisplaced(db: Queryable, skus: readonly string[]): Promise<(Breach & { subject: string })[]> {
  return db.all<Breach & { subject: string }>(sql`
    with moved as (
      select sku, reference, sum(on_hand) as on_hand, sum(reserved) as reserved
      from inventory.movements
      where sku = any(${skus}::text[]) and kind in ('reserve', 'release', 'expire', 'commit')
      group by sku, reference
    ), due as (
      select sku, order_id::text as reference,
             case state when 'committed' then -quantity else 0 end as on_hand,
             case state when 'held' then quantity else 0 end as reserved
      from inventory.reservation_lines join inventory.reservations using (order_id)
      where sku = any(${skus}::text[])
    )
    select reference as id, sku as subject,
           format('moved %s of %s and reserved %s; its reservation says %s and %s', coalesce(m.on_hand, 0), sku,
                  coalesce(m.reserved, 0), coalesce(d.on_hand, 0), coalesce(d.reserved, 0)) as what
    from moved m full join due d using (sku, reference)
    where coalesce(m.on_hand, 0) <> coalesce(d.on_hand, 0) or coalesce(m.reserved, 0) <> coalesce(d.reserved, 0)`)
}

/** Restocked quantity of one SKU and reference. */
export interface Restocked {
  reference: string
  sku: string
  quantity: number
}

/**
 * Restocks of these SKUs by cancellations of the last 29 days. Finished cancellations are deleted after thirty days, so
 * older restocks cannot be compared.
 */
export function findRestocked(db: Queryable, skus: readonly string[]): Promise<Restocked[]> {
  return db.all<Restocked>(sql`
    select reference, sku, sum(on_hand)::bigint as quantity from inventory.movements
    where sku = any(${skus}::text[]) and kind = 'restock' and reference like 'cancellation:%'
      and at > now() - interval '29 days'
    group by reference, sku`)
}

/** Those of the references that have been restocked. */
export async function findRestocks(db: Queryable, references: readonly string[]): Promise<Set<string>> {
  const rows = await db.all<{ reference: string }>(sql`
    select reference from inventory.restocks where reference = any(${references}::text[])`)
  return new Set(rows.map(({ reference }) => reference))
}

export interface ReservationFacts {
  orderId: string
  state: 'held' | 'committed' | 'released' | 'expired'
  lines: Line[]
}

/** Ids of orders with a reservation, in ascending order. */
export async function pageReservations(db: Queryable, after: string, limit: number): Promise<string[]> {
  const rows = await db.all<{ id: string }>(sql`
    select order_id as id from inventory.reservations where order_id > ${after} order by order_id limit ${limit}`)
  return rows.map(({ id }) => id)
}

export function readReservations(db: Queryable, orderIds: readonly string[]): Promise<ReservationFacts[]> {
  return db.all<ReservationFacts>(sql`
    select r.order_id as "orderId", r.state,
           (select coalesce(json_agg(json_build_object('sku', l.sku, 'quantity', l.quantity) order by l.sku collate "C"), '[]')
            from inventory.reservation_lines l where l.order_id = r.order_id) as lines
    from inventory.reservations r where r.order_id = any(${orderIds}::uuid[])`)
}
