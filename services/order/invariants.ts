/** Checks of the invariants of orders, for `doran check`. Reads only, and by index, so it can run on a live shop. */
import { type Queryable, type Sql, sql } from '@doran/kernel'
import type { Breach, Invariant } from '@doran/kernel/invariants'
import type { OrderStatus } from './contract.ts'

const PAGE_SIZE = 1_000

export const invariants: readonly Invariant[] = [
  {
    name: 'orders-whole',
    byTime: true,
    page: (db, after = '') => pageCarts(db, after, PAGE_SIZE),
    inspect: findLostCarts,
  },
  {
    name: 'orders-whole',
    byTime: true,
    page: (db, after = '') => pagePaidEvents(db, after, PAGE_SIZE),
    inspect: findFalseEvents,
  },
]

/** The facts about an order with which `doran check` compares other services. */
export interface OrderFacts {
  id: string
  status: OrderStatus
  /** The current attempt to pay. */
  paymentId: string | null
  /** True once it was paid, even if it was cancelled since. */
  paid: boolean
  /** The amount that the buyer paid, less refunds. */
  kept: number
  /** A saga of the order is running, so other services may be ahead or behind. */
  underWay: boolean
  /** One line per SKU, in the order of the SKUs. */
  lines: { sku: string; quantity: number }[]
}

const cancellations = sql`('cancellation', 'free-cancellation', 'held-cancellation')`
const unfinished = sql`s.service = 'order' and s.state in ('running', 'compensating')`

export function pageOrders(db: Queryable, after: string, limit: number): Promise<string[]> {
  return idsOf(db, sql`select id from "order".orders where id > ${after} order by id limit ${limit}`)
}

export function readOrders(db: Queryable, ids: readonly string[]): Promise<OrderFacts[]> {
  return db.all<OrderFacts>(sql`
    with under_way as (
      select (s.input ->> 'orderId')::uuid as id from doran.sagas s where ${unfinished} and s.input ? 'orderId'
    )
    select o.id, o.status, o.payment_id as "paymentId", o.paid_at is not null as paid,
           case when o.paid_at is null then 0 else o.total - o.refunded - o.returned end as kept,
           o.id in (select id from under_way) as "underWay",
           (select json_agg(json_build_object('sku', sku, 'quantity', quantity) order by sku collate "C") from (
              select l.sku, sum(l.quantity) as quantity
              from "order".seller_orders p join "order".order_lines l on l.seller_order_id = p.id
              where p.order_id = o.id group by l.sku) as line) as lines
    from "order".orders o where o.id = any(${ids}::uuid[])`)
}

/** Those of the payments that a saga is taking or giving back at the moment. */
export async function findPaymentsUnderWay(db: Queryable, paymentIds: readonly string[]): Promise<Set<string>> {
  const rows = await db.all<{ key: string }>(sql`
    select s.key from doran.sagas s
    where s.name in ('checkout', 'close-payment') and s.key = any(${paymentIds}::text[]) and ${unfinished}`)
  return new Set(rows.map(({ key }) => key))
}

/** Orders whose parts, lines, total, history, event and states disagree. */
export function findUnsound(db: Queryable, ids: readonly string[]): Promise<Breach[]> {
  return db.all<Breach>(sql`
    with part as (
      select p.id, p.order_id, p.status, p.subtotal, sum(l.price * l.quantity) as lines
      from "order".seller_orders p left join "order".order_lines l on l.seller_order_id = p.id
      where p.order_id = any(${ids}::uuid[]) group by p.id
    ), parts as (
      select order_id, count(*) as count, sum(subtotal) as subtotal,
             bool_and(subtotal is not distinct from lines) as priced,
             sum(subtotal) filter (where status = 'cancelled') as cancelled,
             array_agg(distinct status) as states
      from part group by order_id
    ), history as (
      select order_id, count(*) as paid from "order".history
      where order_id = any(${ids}::uuid[]) and what = 'paid' group by order_id
    ), told as (
      -- The transaction that marks the order as paid also publishes the event, so both have the same time.
      select o.id as order_id, count(*) as paid from "order".orders o
      join doran.events e on e.published_at = o.paid_at and e.name = 'order.paid' and e.data ->> 'orderId' = o.id::text
      where o.id = any(${ids}::uuid[]) group by o.id
    ), breach as (
      select o.id, concat_ws('; ',
        case when p.count is null then 'has no parts' end,
        case when not p.priced then 'a part is not the sum of its lines' end,
        case when p.subtotal <> o.total then format('total %s, its parts %s', o.total, p.subtotal) end,
        case when not p.states <@ case o.status
            when 'awaiting_payment' then array['pending'] when 'processing' then array['pending']
            when 'paid' then array['preparing', 'cancelling', 'cancelled'] else array['cancelled'] end
          or o.status = 'paid' and p.states = array['cancelled']
          then format('is %s, its parts are %s', o.status, array_to_string(p.states, ', ')) end,
        case when (o.paid_at is not null) <> (o.status = 'paid')
             and not (o.status = 'cancelled' and o.paid_at is not null)
          then format('is %s, paid at %s', o.status, coalesce(o.paid_at::text, 'no time')) end,
        case when o.refunded <> case when o.paid_at is null then 0 else coalesce(p.cancelled, 0) end
          then format('refunded %s, cancelled parts %s', o.refunded, coalesce(p.cancelled, 0)) end,
        case when coalesce(h.paid, 0) <> (o.paid_at is not null)::int
          then format('%s entries for its payment', coalesce(h.paid, 0)) end,
        case when o.paid_at > now() - interval '29 days' and coalesce(t.paid, 0) <> 1
          then format('%s events for its payment', coalesce(t.paid, 0)) end,
        case when c.state is distinct from 'ordered' then format('its cart is %s', coalesce(c.state, 'gone')) end,
        case when o.status = 'processing' and not exists (
            select 1 from doran.sagas s where (s.name, s.key) in (('checkout', o.payment_id::text), ('free-checkout', o.id::text)) and ${unfinished})
          then 'is processing, and no checkout is at it' end,
        case when p.states @> array['cancelling'] and not exists (
            select 1 from doran.sagas s
            where s.name in ${cancellations} and ${unfinished} and s.input ->> 'orderId' = o.id::text)
          then 'is being cancelled, and no cancellation is at it' end) as what
      from "order".orders o
      left join parts p on p.order_id = o.id left join history h on h.order_id = o.id
      left join told t on t.order_id = o.id left join "order".carts c on c.id = o.cart_id
      where o.id = any(${ids}::uuid[])
    )
    select id, what from breach where what <> ''`)
}

function pageCarts(db: Queryable, after: string, limit: number): Promise<string[]> {
  return idsOf(db, sql`select id from "order".carts where id > ${after} order by id limit ${limit}`)
}

/** Carts in the state `ordered` without an order. */
function findLostCarts(db: Queryable, ids: readonly string[]): Promise<Breach[]> {
  return db.all<Breach>(sql`
    select c.id, 'the cart was ordered and has no order' as what from "order".carts c
    where c.id = any(${ids}::uuid[]) and c.state = 'ordered'
      and not exists (select 1 from "order".orders o where o.cart_id = c.id)`)
}

function pagePaidEvents(db: Queryable, after: string, limit: number): Promise<string[]> {
  return idsOf(
    db,
    sql`select id from doran.events where id > ${after} and name = 'order.paid' order by id limit ${limit}`,
  )
}

/** `order.paid` events that do not belong to the payment of their order: it has none, or another event published it. */
function findFalseEvents(db: Queryable, ids: readonly string[]): Promise<(Breach & { subject: string })[]> {
  return db.all<Breach & { subject: string }>(sql`
    select e.data ->> 'orderId' as id, e.id as subject,
           format('the event %s tells of a payment that is not the one of this order', e.id) as what
    from doran.events e left join "order".orders o on o.id = (e.data ->> 'orderId')::uuid
    where e.id = any(${ids}::uuid[]) and o.paid_at is distinct from e.published_at`)
}

/** A cancellation of paid parts. */
export interface CancellationFacts {
  sagaId: string
  /** The id of the refund and the restock. */
  id: string
  orderId: string
  done: boolean
  lines: { sku: string; quantity: number }[]
}

const cancellationColumns = sql`s.id as "sagaId", s.key as id, s.input ->> 'orderId' as "orderId", s.state = 'done' as done,
  s.input -> 'lines' as lines`

export function pageCancellations(db: Queryable, after: string, limit: number): Promise<string[]> {
  return idsOf(
    db,
    sql`select id from doran.sagas
        where id > ${after} and service = 'order' and name in ${cancellations} and state in ('done', 'undone')
        order by id limit ${limit}`,
  )
}

export function readCancellations(db: Queryable, sagaIds: readonly string[]): Promise<CancellationFacts[]> {
  return db.all<CancellationFacts>(sql`
    select ${cancellationColumns} from doran.sagas s where s.id = any(${sagaIds}::uuid[])`)
}

/** Finds cancellations by their own ids, including running ones. */
export function findCancellations(db: Queryable, ids: readonly string[]): Promise<CancellationFacts[]> {
  return db.all<CancellationFacts>(sql`
    select ${cancellationColumns} from doran.sagas s
    where s.service = 'order' and s.name in ${cancellations} and s.key = any(${ids}::text[])`)
}

/** Units that were paid and not cancelled, by product. */
export function countUnits(
  db: Queryable,
  productIds: readonly string[],
): Promise<{ productId: string; units: number }[]> {
  return db.all(sql`
    select l.product_id as "productId", sum(l.quantity)::bigint as units
    from "order".order_lines l
    join "order".seller_orders p on p.id = l.seller_order_id
    where l.product_id = any(${productIds}::uuid[]) and p.status in ('preparing', 'cancelling')
    group by l.product_id`)
}

async function idsOf(db: Queryable, query: Sql): Promise<string[]> {
  return (await db.all<{ id: string }>(query)).map(({ id }) => id)
}
