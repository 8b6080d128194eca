/** Every change of stock goes through {@link moveStock}: one statement locks, checks and writes stock and ledger. */

import { newId, publishAll, type Queryable, sql, type Transaction } from '@doran/kernel'
import { holds } from '@doran/kernel/faults'
import { type Movement, stockChanged, stockLow } from './contract.ts'
import { outOfStock } from './errors.ts'

/** A change of a SKU's stock; negative quantities take away. */
export interface Change {
  sku: string
  onHand?: number
  reserved?: number
  /** The order or other cause. */
  reference?: string
  note?: string | undefined
}

/** A SKU before the changes and after them. */
interface Outcome {
  sku: string
  /** The requested decrease of the available quantity. */
  wanted: number
  availableBefore: number
  /** Null when the changes were refused. */
  after: { sellerId: string; available: number; lowStockAt: number; version: number } | null
}

/**
 * Makes all changes or none, with one movement each, and publishes the resulting events. A SKU may occur more than
 * once. Raises `out_of_stock` when the stock does not suffice; an unknown SKU counts as having no stock.
 */
export async function moveStock(tx: Transaction, kind: Movement['kind'], changes: readonly Change[]): Promise<void> {
  if (changes.length === 0) return
  const outcomes = await writeMovements(tx, kind, changes)
  if (outcomes.some(({ after }) => !after)) throw outOfStock({ lines: shortages(outcomes) })
  await publishStockEvents(tx, outcomes)
}

function shortages(outcomes: readonly Outcome[]) {
  return outcomes
    .filter(({ wanted, availableBefore }) => wanted > availableBefore)
    .map(({ sku, wanted, availableBefore }) => ({ sku, wanted, available: availableBefore }))
}

async function publishStockEvents(tx: Transaction, outcomes: readonly Outcome[]): Promise<void> {
  const moved = outcomes.flatMap(({ sku, availableBefore, after }) =>
    after ? [{ sku, availableBefore, ...after }] : [],
  )
  const changed = moved.filter(({ availableBefore, available }) => available !== availableBefore)
  const low = changed.filter(
    (one) => one.availableBefore > one.lowStockAt && one.available <= one.lowStockAt && one.lowStockAt > 0,
  )
  await publishAll(
    tx,
    stockChanged,
    changed.map(({ sku, available, version }) => ({ sku, available, version })),
  )
  await publishAll(
    tx,
    stockLow,
    low.map(({ sku, sellerId, available, lowStockAt }) => ({ sku, sellerId, available, lowStockAt })),
  )
}

// `stock_before` locks the rows in the order of their SKUs, not of the lines, so orders with the same SKUs cannot
// deadlock. After a wait for a lock, `stock_before` has the other transaction's values, while the update still sees the
// rows as they were when the statement began. The new values are therefore computed from `stock_before`, whose rows are
// locked.
function writeMovements(tx: Transaction, kind: Movement['kind'], changes: readonly Change[]): Promise<Outcome[]> {
  return tx.all<Outcome>(sql`
    with change as (
      select id, sku, on_hand, reserved, reference, note, position
      from unnest(
        ${changes.map(() => newId())}::uuid[], ${changes.map(({ sku }) => sku)}::text[],
        ${changes.map(({ onHand }) => onHand ?? 0)}::bigint[], ${changes.map(({ reserved }) => reserved ?? 0)}::bigint[],
        ${changes.map(({ reference }) => reference ?? null)}::text[], ${changes.map(({ note }) => note ?? null)}::text[]
      ) with ordinality as c (id, sku, on_hand, reserved, reference, note, position)
    ), total as (
      select sku, sum(on_hand)::bigint as on_hand, sum(reserved)::bigint as reserved, count(*) as movements
      from change group by sku
    ), stock_before as (
      select sku, on_hand, reserved, version from inventory.stock
      where sku = any(${changes.map(({ sku }) => sku)}::text[])
      order by sku ${holds('stock-lock') ? sql`for no key update` : sql.empty}
    ), allowed as (
      select coalesce(bool_and(b.on_hand + t.on_hand >= b.reserved + t.reserved), false) and count(*) = count(b.sku) as yes
      from total t left join stock_before b using (sku)
    ), stock_after as (
      update inventory.stock s set
        on_hand = b.on_hand + t.on_hand, reserved = b.reserved + t.reserved,
        version = b.version + t.movements, updated_at = clock_timestamp()
      from total t join stock_before b using (sku)
      where s.sku = t.sku and (select yes from allowed)
      returning s.sku, s.seller_id, s.on_hand - s.reserved as available, s.low_stock_at, s.version
    ), ledger as (
      insert into inventory.movements (sku, version, id, kind, on_hand, reserved, reference, note)
      select c.sku, b.version + row_number() over (partition by c.sku order by c.position), c.id, ${kind},
             c.on_hand, c.reserved, c.reference, c.note
      from change c join stock_before b using (sku)
      where (select yes from allowed)
    )
    select t.sku, t.reserved - t.on_hand as wanted, coalesce(b.on_hand - b.reserved, 0) as "availableBefore",
           case when a.sku is not null then json_build_object(
             'sellerId', a.seller_id, 'available', a.available, 'lowStockAt', a.low_stock_at, 'version', a.version) end as after
    from total t left join stock_before b using (sku) left join stock_after a using (sku)
    order by t.sku`)
}

export interface MovementRow extends Movement {
  version: number
}

/** Movements of a SKU with a version below `before`, newest first. */
export function listMovementsOf(
  db: Queryable,
  { sku, before, limit }: { sku: string; before: number | undefined; limit: number },
): Promise<MovementRow[]> {
  return db.all<MovementRow>(sql`
    select version, id, sku, kind, on_hand as "onHand", reserved, reference, note, at
    from inventory.movements
    where sku = ${sku} ${before === undefined ? sql.empty : sql`and version < ${before}`}
    order by version desc limit ${limit}`)
}
