/**
 * Multiplies data with SQL inside the database. Each row of a loaded catalogue, or of the history of orders that were
 * really placed and paid, is copied with new ids into every table that has rows of it, including read models and
 * ledgers. Loading a million through the services would take an hour each. `growth` compares the resulting sizes.
 */
import type { MeasuredPostgres } from './postgres.ts'

/** Multiplies a catalogue that was generated with `from` products. */
export async function multiplyCatalogue(
  postgres: MeasuredPostgres,
  database: string,
  { from, times }: { from: number; times: number },
): Promise<void> {
  if (times === 1) return
  const copies = `generate_series(1, ${times - 1}) as copy (n)`
  await inBulk(
    postgres,
    database,
    ['product', 'inventory'],
    [
      // The generator counts products in their ids and SKUs. Copy `n` continues the count after `n` catalogues.
      `create function pg_temp.id_of(id uuid, n int) returns uuid language sql immutable as $$
       select (left(id::text, 24) || lpad(to_hex(('x' || right(id::text, 12))::bit(48)::bigint + n * ${from}), 12, '0'))::uuid $$`,
      `create function pg_temp.sku_of(sku text, n int) returns text language sql immutable as $$
       select left(sku, 3) || lpad((substr(sku, 4, 7)::int + n * ${from})::text, 7, '0') || substr(sku, 11) $$`,
      `create function pg_temp.then(at timestamptz, n int) returns timestamptz language sql immutable as $$
       select at - n * interval '11 minutes 17 seconds' $$`,
      `create function pg_temp.iso(at timestamptz) returns text language sql stable as $$
       select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') $$`,
      `create function pg_temp.content_of(content jsonb, id uuid, key text, at timestamptz, n int) returns jsonb language sql stable as $$
       select replace(replace(replace(content::text, id::text, pg_temp.id_of(id, n)::text), left(key, 10), left(pg_temp.sku_of(key, n), 10)),
         '"createdAt": "' || pg_temp.iso(at), '"createdAt": "' || pg_temp.iso(pg_temp.then(at, n)))::jsonb $$`,
      `insert into product.products
     select pg_temp.id_of(id, n), seller_id, pg_temp.sku_of(key, n), state, category, brand, name, description, attributes,
            images, options, version, pg_temp.then(created_at, n), updated_at
     from product.products, ${copies} order by n, id`,
      `insert into product.variants
     select pg_temp.sku_of(sku, n), pg_temp.id_of(product_id, n), position, price, compare_at_price, currency, options
     from product.variants, ${copies} order by n, sku`,
      `insert into product.skus select pg_temp.sku_of(sku, n), seller_id from product.skus, ${copies} order by n, sku`,
      `insert into product.details
     select pg_temp.id_of(p.id, n), pg_temp.content_of(d.detail, p.id, p.key, p.created_at, n)
     from product.details d join product.products p on p.id = d.product_id, ${copies}
     where p.id < pg_temp.id_of('01900000-0002-7000-8001-000000000000', 1) order by n, p.id`,
      `insert into product.listings (product_id, seller_id, state, brand, category_path, name, price_from, search_text, search_form,
       created_at, summary, sold)
     select pg_temp.id_of(p.id, n), l.seller_id, l.state, l.brand, l.category_path, l.name, l.price_from, l.search_text,
            l.search_form,
            pg_temp.then(l.created_at, n), pg_temp.content_of(l.summary, p.id, p.key, p.created_at, n), l.sold
     from product.listings l join product.products p on p.id = l.product_id, ${copies}
     where p.id < pg_temp.id_of('01900000-0002-7000-8001-000000000000', 1) order by n, p.id`,
      `insert into inventory.stock
     select pg_temp.sku_of(sku, n), seller_id, on_hand, reserved, low_stock_at, version, updated_at
     from inventory.stock, ${copies} order by n, sku`,
      `insert into inventory.movements
     select pg_temp.sku_of(sku, n), version, uuidv7(), kind, on_hand, reserved, reference, note, at
     from inventory.movements, ${copies} order by n, sku`,
    ],
  )
}

/**
 * Multiplies the orders of a database, which must all be paid and have no work left. Each copy is a day older than the
 * one before and has its own buyers. Stock and its ledger continue, so that they still balance.
 */
export async function multiplyOrders(postgres: MeasuredPostgres, database: string, times: number): Promise<void> {
  if (times === 1) return
  const copies = `generate_series(1, ${times - 1}) as copy (n)`
  // Doran deletes events after 30 days.
  const recent = `generate_series(1, ${Math.min(times - 1, 29)}) as copy (n)`
  const days = `n * interval '1 day'`
  const sold = `kind in ('reserve', 'commit')`
  await inBulk(
    postgres,
    database,
    ['order', 'payment', 'inventory', 'doran'],
    [
      // A UUIDv7 begins with its millisecond.
      `create function pg_temp.id_of(id uuid, n int) returns uuid language sql immutable as $$
       select encode(substring(int8send(('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint - n * 86400000::bigint) from 3)
         || substring(uuid_send(id) from 7), 'hex')::uuid $$`,
      // The date and seven digits, and Luhn's check digit over both, in which every other digit counts twice.
      `create function pg_temp.number_of(number text, n int) returns text language sql stable as $$
       with plain as (
         select to_char(to_date(left(number, 6), 'YYMMDD') - n, 'YYMMDD') || substr(number, 8, 4) || substr(number, 13, 3) as digits
       ), weighed as (
         select digits, (select sum(case when i % 2 = 1 then d * 2 - case when d > 4 then 9 else 0 end else d end)
                         from generate_series(1, 13) i, lateral (select substr(digits, i, 1)::int as d) one) as total
         from plain
       )
       select left(digits, 6) || '-' || substr(digits, 7, 4) || '-' || substr(digits, 11) || (10 - total % 10) % 10 from weighed $$`,
      `create function pg_temp.input_of(input jsonb, n int) returns jsonb language sql immutable as $$
       select input || jsonb_build_object('orderId', pg_temp.id_of((input->>'orderId')::uuid, n),
         'paymentId', pg_temp.id_of((input->>'paymentId')::uuid, n)) $$`,

      `insert into "order".carts
     select pg_temp.id_of(id, n), pg_temp.id_of(buyer_id, n), state, created_at - ${days}, updated_at - ${days}
     from "order".carts, ${copies} where state = 'ordered' order by n desc, id`,
      `insert into "order".cart_lines
     select pg_temp.id_of(l.cart_id, n), l.sku, l.quantity, l.price_seen, l.added_at - ${days}
     from "order".cart_lines l join "order".orders o on o.cart_id = l.cart_id, ${copies} order by n desc, l.cart_id, l.sku`,
      `insert into "order".order_lines
     select pg_temp.id_of(seller_order_id, n), position, sku, product_id, name, option_text, image, quantity, price
     from "order".order_lines, ${copies} order by n desc, seller_order_id, position`,
      `insert into "order".seller_orders
     select pg_temp.id_of(id, n), pg_temp.id_of(order_id, n), position, seller_id, seller_name, status, subtotal
     from "order".seller_orders, ${copies} order by n desc, id`,
      `insert into "order".history (order_id, at, what, details)
     select pg_temp.id_of(order_id, n), at - ${days}, what,
            case when details ? 'paymentId'
              then jsonb_set(details, '{paymentId}', to_jsonb(pg_temp.id_of((details->>'paymentId')::uuid, n))) else details end
     from "order".history, ${copies} order by n desc, id`,
      `insert into "order".orders
     select pg_temp.id_of(id, n), pg_temp.number_of(number, n), pg_temp.id_of(buyer_id, n), pg_temp.id_of(cart_id, n), status,
            total, refunded, currency, address, note, pg_temp.id_of(payment_id, n), failure, placed_at - ${days},
            paid_at - ${days}, expires_at - ${days}
     from "order".orders, ${copies} order by n desc, id`,

      `insert into payment.operations
     select replace(key, payment_id::text, pg_temp.id_of(payment_id, n)::text), pg_temp.id_of(payment_id, n), kind, amount, reason,
            pg_temp.id_of(refund_id, n), state, code, message, created_at - ${days}, finished_at - ${days}
     from payment.operations, ${copies} order by n desc, payment_id`,
      // Marked as compared with the provider already, which does not know the copies.
      `insert into payment.payments
     select pg_temp.id_of(id, n), pg_temp.id_of(order_id, n), pg_temp.id_of(buyer_id, n), provider, session_id || '-' || n,
            payment_url || '-' || n, amount, currency, pg_temp.number_of(title, n), return_url, status, captured, refunded,
            failure, sequence, cancelled, created_at - ${days}, updated_at - ${days}, sequence
     from payment.payments, ${copies} order by n desc, id`,

      `insert into inventory.reservation_lines
     select pg_temp.id_of(order_id, n), sku, quantity from inventory.reservation_lines, ${copies} order by n desc, order_id, sku`,
      `insert into inventory.reservations
     select pg_temp.id_of(order_id, n), state, expires_at - ${days}, created_at - ${days}, updated_at - ${days}
     from inventory.reservations, ${copies} order by n desc, order_id`,
      // The copies go before the original sales, which move to the end of the ledger, because the ledger must have no
      // gap.
      `create temporary table sales on commit drop as
     select sku, count(*) as moved, sum(on_hand) as on_hand, min(version) as first
     from inventory.movements where ${sold} group by sku`,
      `create temporary table movement on commit drop as select * from inventory.movements where ${sold}`,
      `delete from inventory.movements where ${sold}`,
      `insert into inventory.movements
     select m.sku, m.version + (${times - 1} - n) * s.moved, case when n = 0 then m.id else pg_temp.id_of(m.id, n) end, m.kind,
            m.on_hand, m.reserved, case when n = 0 then m.reference else pg_temp.id_of(m.reference::uuid, n)::text end, m.note,
            m.at - ${days}
     from movement m join sales s using (sku), generate_series(0, ${times - 1}) as copy (n) order by n desc, m.sku, m.version`,
      `update inventory.stock t set on_hand = t.on_hand + s.on_hand * ${times - 1}, version = t.version + s.moved * ${times - 1}
     from sales s where t.sku = s.sku`,
      `update product.listings l set sold = l.sold + s.units * ${times - 1}
     from (select product_id, sum(quantity) / ${times} as units from "order".order_lines group by product_id) s
     where l.product_id = s.product_id`,

      `insert into doran.sagas
     select pg_temp.id_of(id, n), service, name, version, pg_temp.id_of(key::uuid, n)::text, pg_temp.input_of(input, n), state, step,
            results, error, created_at - ${days}, updated_at - ${days}
     from doran.sagas, ${copies} order by n desc, id`,
      `insert into doran.events
     select pg_temp.id_of(id, n), name, data, trace, published_at - ${days}
     from doran.events, ${recent} where name <> 'inventory.stock-changed' or data->>'version' <> '1' order by n desc, id`,
    ],
  )
}

/** Runs the statements in one transaction. Rebuilds the schemas' indexes afterwards, and checks no foreign keys. */
async function inBulk(
  postgres: MeasuredPostgres,
  database: string,
  schemas: string[],
  statements: string[],
): Promise<void> {
  const indexes = await postgres.run<{ name: string; definition: string }>(
    database,
    `select c.oid::regclass::text as name, pg_get_indexdef(c.oid) as definition
     from pg_class c join pg_namespace s on s.oid = c.relnamespace
     where c.relkind = 'i' and s.nspname in (${schemas.map((name) => `'${name}'`).join(', ')})
       and not exists (select 1 from pg_constraint where conindid = c.oid)`,
  )
  await postgres.run(
    database,
    [
      `begin`,
      `set local session_replication_role = replica`,
      `set local maintenance_work_mem = '1GB'`,
      `set local work_mem = '256MB'`,
      ...indexes.map(({ name }) => `drop index ${name}`),
      ...statements,
      ...indexes.map(({ definition }) => definition),
      `commit`,
    ].join(';\n'),
  )
  await postgres.analyze(database)
}
