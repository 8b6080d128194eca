import { auditScans } from './audit.ts'
import { communityScans } from './community.ts'
import type { CheckContext } from './context.ts'
import { durableScans } from './durable.ts'
import { orderScans } from './orders.ts'
import { type OwnInvariant, ownScans } from './own.ts'
import type { Scan } from './scan.ts'
import { soldScan } from './sold.ts'
import { stockScans } from './stock.ts'

/** Returns all scans of a check, in the order in which they run. */
export function scansOf(context: CheckContext, own: readonly OwnInvariant[]): Scan[] {
  return [
    ...ownScans(context, own),
    ...stockScans(context),
    ...orderScans(context),
    soldScan(context),
    ...durableScans(context),
    ...auditScans(context),
    ...communityScans(context),
  ]
}
