import { durableWalks } from './durable.ts'
import type { Shop } from './shop.ts'
import type { Walk } from './walk.ts'

/** Everything that a check looks at, in the order in which it does. */
export function walksOf(shop: Shop): Walk[] {
  return [...durableWalks(shop)]
}
