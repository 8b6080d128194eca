import { auditWalks } from './audit.ts'
import { communityWalks } from './community.ts'
import { durableWalks } from './durable.ts'
import { orderWalks } from './orders.ts'
import type { Shop } from './shop.ts'
import { soldWalk } from './sold.ts'
import { stockWalks } from './stock.ts'
import type { Walk } from './walk.ts'

/** Everything that a check looks at, in the order in which it does. */
export function walksOf(shop: Shop): Walk[] {
  return [
    ...stockWalks(shop),
    ...orderWalks(shop),
    soldWalk(shop),
    ...durableWalks(shop),
    ...auditWalks(shop),
    ...communityWalks(shop),
  ]
}
