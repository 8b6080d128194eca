import { asKeyset, type Handler, sql } from '@doran/kernel'
import { Id } from '@doran/kernel/contract'
import type { order, SellerOrderView } from '../contract.ts'
import { linesOf } from '../orders.ts'
import { ERASED_ADDRESS } from '../personal-data.ts'

export const listSellerOrders: Handler<typeof order, 'listSellerOrders'> = async ({ status, cursor, limit }, ctx) => {
  const [before] = asKeyset.read(cursor, [Id]) ?? []
  const rows = await ctx.db.all<SellerOrderView>(sql`
    select s.id, s.order_id as "orderId", o.number, s.status, s.held_at is not null as held, s.subtotal, o.currency,
           case s.status when 'cancelled' then ${sql.json(ERASED_ADDRESS)}::jsonb else o.address end as address,
           case s.status when 'cancelled' then '' else o.note end as note, o.paid_at as "paidAt", (${linesOf(sql`s.id`)}) as lines
    from "order".seller_orders s join "order".orders o on o.id = s.order_id
    where s.seller_id = ${ctx.actor.id} and o.paid_at is not null
      ${status ? sql`and s.status = ${status}` : sql.empty}
      ${before ? sql`and s.id < ${before}` : sql.empty}
    order by s.id desc limit ${limit + 1}`)
  return asKeyset.pageById(rows, limit)
}
