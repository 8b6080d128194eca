/**
 * A copy of which shops are closed. Their goods cannot be paid; parts that were paid before wait for an administrator.
 */
import { asKeyset, type Queryable, sql, type Transaction } from '@doran/kernel'
import { Id, type Page } from '@doran/kernel/contract'
import type { ClosedShopOrder } from './contract.ts'
import { linesOf } from './orders.ts'

/** Stores the standing of a shop, unless a newer version is known. */
export async function recordShop(
  tx: Transaction,
  { sellerId, isOpen, version }: { sellerId: string; isOpen: boolean; version: number },
): Promise<void> {
  await tx.run(sql`
    insert into "order".shops as s (seller_id, is_open, version) values (${sellerId}, ${isOpen}, ${version})
    on conflict (seller_id) do update set is_open = excluded.is_open, version = excluded.version
      where s.version < excluded.version`)
}

/** Whether the shop of any part of the order is closed. */
export async function sellsClosedShop(db: Queryable, orderId: string): Promise<boolean> {
  const found = await db.first(sql`
    select 1 from "order".seller_orders o join "order".shops s on s.seller_id = o.seller_id and not s.is_open
    where o.order_id = ${orderId} limit 1`)
  return found !== undefined
}

/** Paid and unshipped parts of closed shops, newest first. */
export async function findOrdersOfClosedShops(
  db: Queryable,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): Promise<Page<ClosedShopOrder>> {
  const [before] = asKeyset.read(cursor, [Id]) ?? []
  const rows = await db.all<ClosedShopOrder>(sql`
    select p.id, p.order_id as "orderId", o.number, o.buyer_id as "buyerId", p.seller_id as "sellerId",
           p.seller_name as "sellerName", p.status, p.subtotal, o.currency, o.paid_at as "paidAt",
           (${linesOf(sql`p.id`)}) as lines
    from "order".shops s
    join "order".seller_orders p on p.seller_id = s.seller_id
    join "order".orders o on o.id = p.order_id
    where not s.is_open and p.status in ('preparing', 'cancelling') ${before ? sql`and p.id < ${before}` : sql.empty}
    order by p.id desc limit ${limit + 1}`)
  return asKeyset.pageById(rows, limit)
}
