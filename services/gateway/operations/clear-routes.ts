import { audited, type Handler, sql } from '@doran/kernel'
import type { gateway, Route } from '../contract.ts'
import { ROUTES_CHANGED } from '../routes.ts'

export const clearRoutes: Handler<typeof gateway, 'clearRoutes'> = ({ operation }, ctx) =>
  ctx.db.transaction(async (tx) => {
    const before = await tx.all<Pick<Route, 'target' | 'share'>>(sql`
      delete from gateway.routes where operation = ${operation} returning target, share`)
    audited(ctx, { before: { routes: before }, after: { routes: [] } })
    await ctx.channel.publish(tx, ROUTES_CHANGED, {})
  })
