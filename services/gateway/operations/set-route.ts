import { audited, type Handler, sql } from '@doran/kernel'
import type { gateway, Route } from '../contract.ts'
import { routeSharesExceeded } from '../errors.ts'
import { ROUTES_CHANGED, readRoutes } from '../routes.ts'

export const setRoute: Handler<typeof gateway, 'setRoute'> = ({ operation, target, share }, ctx) =>
  ctx.db.transaction(async (tx) => {
    await tx.run(sql`lock table gateway.routes in exclusive mode`)
    const before = (await readRoutes(tx)).find((route) => route.operation === operation && route.target === target)
    audited(ctx, { target: { operation, target }, before: { share: before?.share ?? 0 }, after: { share } })
    await tx.run(sql`
      insert into gateway.routes (operation, target, share) values (${operation}, ${target}, ${share})
      on conflict (operation, target) do update set share = excluded.share, updated_at = now()`)
    const routes = (await readRoutes(tx)).filter((route) => route.operation === operation)
    const total = routes.reduce((sum, route) => sum + route.share, 0)
    if (total > 100) throw routeSharesExceeded({ operation, total })
    await ctx.channel.publish(tx, ROUTES_CHANGED, {})
    return routes.find((route) => route.target === target) as Route
  })
