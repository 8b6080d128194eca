/** What is kept of a person here: a contract of sale for the five years of Korea's act on electronic commerce, nothing else. */

import { type Queryable, type Sql, sql, type Transaction } from '@doran/kernel'
import type { Static } from '@doran/kernel/contract'
import type { personalData } from '@doran/user/contract'
import type { Address } from './contract.ts'

const YEARS_KEPT = 5
/** For which an order that was never paid keeps its address, in case of a question. */
const DAYS_KEPT_UNPAID = 30
const BATCH = 1_000

/** In place of an address that is kept no longer, or that is nobody's business any more. It fits the schema, as the order is still answered. */
export const NOBODY: Omit<Address, 'line2'> = {
  recipient: '-',
  phone: '000-0000-0000',
  postalCode: '00000',
  line1: '-',
  country: 'KR',
}

export async function exportOrdersOf(db: Queryable, userId: string): Promise<Record<string, unknown>> {
  const orders = await db.all(sql`
    select number, status, total, refunded, currency, address, note, placed_at as "placedAt", paid_at as "paidAt",
      (select json_agg(json_build_object('sku', l.sku, 'name', l.name, 'quantity', l.quantity, 'price', l.price))
       from "order".seller_orders s join "order".order_lines l on l.seller_order_id = s.id where s.order_id = o.id) as lines
    from "order".orders o where buyer_id = ${userId} order by id`)
  const carts = await db.all(sql`
    select l.sku, l.quantity, l.added_at as "addedAt" from "order".carts c join "order".cart_lines l on l.cart_id = c.id
    where c.buyer_id = ${userId} and c.state = 'open' order by l.added_at`)
  return { orders, carts }
}

type OpenBusiness = Static<typeof personalData.listOpenBusiness.reply>

/** Parts that a seller still owes, and orders of a buyer whose money is on its way. */
export function listOpenOrdersOf(db: Queryable, userId: string): Promise<OpenBusiness> {
  return db.all(sql`
    select 'seller_order' as what, s.id from "order".seller_orders s join "order".orders o on o.id = s.order_id
    where s.seller_id = ${userId} and (s.status in ('preparing', 'cancelling') or s.status = 'pending' and o.status = 'processing')
    union all
    select 'order', id from "order".orders where buyer_id = ${userId} and status = 'processing'`)
}

/** Carts, and the addresses of orders that were never paid: those are no contracts. */
export async function erasePersonalData(tx: Transaction, userId: string): Promise<void> {
  await tx.run(sql`delete from "order".carts where buyer_id = ${userId} and state = 'open'`)
  await forgetAddresses(tx, sql`buyer_id = ${userId} and status in ('cancelled', 'expired')`)
}

/** Addresses of orders that the law keeps no longer, and of those that were never paid, a batch at a time; answers how many orders there were. */
export function forgetOldAddresses(db: Queryable): Promise<number> {
  return forgetAddresses(
    db,
    sql`id in (
      select id from "order".orders
      where address ->> 'recipient' <> ${NOBODY.recipient} and (
        placed_at < now() - make_interval(years => ${YEARS_KEPT}) or
        status in ('cancelled', 'expired') and placed_at < now() - make_interval(days => ${DAYS_KEPT_UNPAID}))
      limit ${BATCH})`,
  )
}

export function isFullBatch(count: number): boolean {
  return count === BATCH
}

function forgetAddresses(db: Queryable, which: Sql): Promise<number> {
  return db.run(sql`update "order".orders set address = ${sql.json(NOBODY)}, note = '' where ${which}`)
}
