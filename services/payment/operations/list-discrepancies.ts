import { asKeyset, type Handler, sql } from '@doran/kernel'
import { Id } from '@doran/kernel/contract'
import type { Discrepancy, payment } from '../contract.ts'

export const listDiscrepancies: Handler<typeof payment, 'listDiscrepancies'> = async ({ cursor, limit }, ctx) => {
  const [before] = asKeyset.read(cursor, [Id]) ?? []
  const rows = await ctx.db.all<Discrepancy>(sql`
    select id, payment_id as "paymentId", what, details, found_at as "foundAt" from payment.discrepancies
    ${before ? sql`where id < ${before}` : sql.empty} order by id desc limit ${limit + 1}`)
  return asKeyset.pageById(rows, limit)
}
