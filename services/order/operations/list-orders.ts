import { asKeyset, type Handler, sql } from '@doran/kernel'
import { Id } from '@doran/kernel/contract'
import type { OrderSummary, order } from '../contract.ts'

export const listOrders: Handler<typeof order, 'listOrders'> = async ({ status, cursor, limit }, ctx) => {
  // Ids ascend with time, so the list is ordered by them.
  const [before] = asKeyset.read(cursor, [Id]) ?? []
  const rows = await ctx.db.all<OrderSummary>(sql`
    select o.id, o.number, o.status, o.total, o.refunded, o.currency, o.placed_at as "placedAt",
           l.first_line as "firstLine", l.line_count as "lineCount"
    from "order".orders o
    cross join lateral (
      select (array_agg(l.name order by s.position, l.position))[1] as first_line, count(*)::int as line_count
      from "order".seller_orders s join "order".order_lines l on l.seller_order_id = s.id
      where s.order_id = o.id
    ) l
    where o.buyer_id = ${ctx.actor.id}
      ${status ? sql`and o.status = ${status}` : sql.empty}
      ${before ? sql`and o.id < ${before}` : sql.empty}
    order by o.id desc limit ${limit + 1}`)
  return asKeyset.pageById(rows, limit)
}
