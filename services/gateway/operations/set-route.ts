import { audited, type Handler, sql } from '@doran/kernel'
import { type GatewayConfig, readRouteTargets } from '../config.ts'
import type { gateway, Route } from '../contract.ts'
import { operatorRequired, routeOperationFixed, routeSharesExceeded, routeTargetNotListed } from '../errors.ts'
import { mayBeRerouted, ROUTES_CHANGED, readRoutes } from '../routes.ts'

export const setRoute: Handler<typeof gateway, 'setRoute', GatewayConfig> = async (input, ctx) => {
  const { operation, share } = input
  const target = URL.parse(input.target)?.origin ?? input.target
  if (!ctx.actor.roles.includes('operator')) throw operatorRequired()
  if (!mayBeRerouted(operation)) throw routeOperationFixed({ operation })
  if (!readRouteTargets(ctx.config).has(target)) throw routeTargetNotListed({ target })
  return ctx.db.transaction(async (tx) => {
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
}
