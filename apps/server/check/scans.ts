import { auditScans } from './audit.ts'
import { communityScans } from './community.ts'
import { durableScans } from './durable.ts'
import { orderScans } from './orders.ts'
import type { Scan } from './scan.ts'
import type { Shop } from './shop.ts'
import { soldScan } from './sold.ts'
import { stockScans } from './stock.ts'

/** Returns all scans of a check, in the order in which they run. */
export function scansOf(shop: Shop): Scan[] {
  return [
    ...stockScans(shop),
    ...orderScans(shop),
    soldScan(shop),
    ...durableScans(shop),
    ...auditScans(shop),
    ...communityScans(shop),
  ]
}
