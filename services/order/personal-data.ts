/** Personal data of buyers. A contract of sale is kept for the five years of Korea's act on electronic commerce. */

import { type Queryable, type Sql, sql, type Transaction } from '@doran/kernel'
import type { Static } from '@doran/kernel/contract'
import type { personalData } from '@doran/user/contract'
import type { Address } from './contract.ts'

const RETENTION_YEARS = 5
/** Orders that were never paid keep their address for this time, in case of a question. */
const UNPAID_RETENTION_DAYS = 30
const BATCH_SIZE = 1_000

/**
 * Replaces an erased address, or one that the seller may not see any more. It is valid, because orders still present
 * it.
 */
export const ERASED_ADDRESS: Omit<Address, 'line2'> = {
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

/** The seller's parts that are not completed, and the buyer's orders that are being paid. */
export function listOpenOrdersOf(db: Queryable, userId: string): Promise<OpenBusiness> {
  return db.all(sql`
    select 'seller_order' as what, s.id from "order".seller_orders s join "order".orders o on o.id = s.order_id
    where s.seller_id = ${userId} and (s.status in ('preparing', 'cancelling') or s.status = 'pending' and o.status = 'processing')
    union all
    select 'order', id from "order".orders where buyer_id = ${userId} and status = 'processing'`)
}

/** Erases open carts, and the addresses of orders that were never paid, because those are not contracts. */
export async function erasePersonalData(tx: Transaction, userId: string): Promise<void> {
  await tx.run(sql`delete from "order".carts where buyer_id = ${userId} and state = 'open'`)
  await forgetAddresses(tx, sql`buyer_id = ${userId} and status in ('cancelled', 'expired')`)
}

/** Erases one batch of addresses whose retention period is over. Returns the number of orders. */
export function forgetOldAddresses(db: Queryable): Promise<number> {
  return forgetAddresses(
    db,
    sql`id in (
      select id from "order".orders
      where address ->> 'recipient' <> ${ERASED_ADDRESS.recipient} and (
        placed_at < now() - make_interval(years => ${RETENTION_YEARS}) or
        status in ('cancelled', 'expired') and placed_at < now() - make_interval(days => ${UNPAID_RETENTION_DAYS}))
      limit ${BATCH_SIZE})`,
  )
}

export function isFullBatch(count: number): boolean {
  return count === BATCH_SIZE
}

function forgetAddresses(db: Queryable, which: Sql): Promise<number> {
  return db.run(sql`update "order".orders set address = ${sql.json(ERASED_ADDRESS)}, note = '' where ${which}`)
}
