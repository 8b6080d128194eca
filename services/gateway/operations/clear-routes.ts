import { type Handler, sql } from '@doran/kernel'
import type { gateway } from '../contract.ts'
import { ROUTES_CHANGED } from '../routes.ts'

export const clearRoutes: Handler<typeof gateway, 'clearRoutes'> = ({ operation }, ctx) =>
  ctx.db.transaction(async (tx) => {
    await tx.run(sql`delete from gateway.routes where operation = ${operation}`)
    await ctx.channel.publish(tx, ROUTES_CHANGED, {})
  })
