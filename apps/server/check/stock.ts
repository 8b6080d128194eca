/** Compares the goods that came back with the cancellations of orders. */
import * as stock from '@doran/inventory/invariants'
import { findCancellations, pageCancellations, readCancellations } from '@doran/order/invariants'
import type { CheckContext } from './context.ts'
import { type Scan, suspectsOf } from './scan.ts'

const PAGE_SIZE = 2_000
const CANCELLATION = 'cancellation:'

export function stockScans(context: CheckContext): Scan[] {
  return [skus(context), cancellations(context)]
}

function skus(context: CheckContext): Scan {
  const inventory = context.database('inventory')
  return {
    invariants: ['stock-follows-orders'],
    page: (after) => stock.pageSkus(inventory, after),
    inspect: async (skus) => suspectsOf('stock-follows-orders', await findUnfounded(context, skus)),
  }
}

/** Finds goods that came back for a cancellation that does not account for them. */
async function findUnfounded(context: CheckContext, skus: readonly string[]) {
  const restocked = await stock.findRestocked(context.database('inventory'), skus)
  const ids = [...new Set(restocked.map(({ reference }) => reference.slice(CANCELLATION.length)))]
  const known = ids.length > 0 ? await findCancellations(context.database('order'), ids) : []
  const byId = new Map(known.map((cancellation) => [cancellation.id, cancellation]))
  return restocked.flatMap(({ reference, sku, quantity }) => {
    const cancellation = byId.get(reference.slice(CANCELLATION.length))
    const due = cancellation?.lines.reduce((sum, line) => sum + (line.sku === sku ? line.quantity : 0), 0) ?? 0
    const id = cancellation?.orderId ?? reference
    return due === quantity
      ? []
      : [{ id, subject: sku, what: `${quantity} of ${sku} came back, ${due} were cancelled` }]
  })
}

/** Checks that cancelled goods came back, and that goods of a failed cancellation did not. */
function cancellations(context: CheckContext): Scan {
  return {
    invariants: ['stock-follows-orders'],
    page: (after = context.from) => pageCancellations(context.database('order'), after, PAGE_SIZE),
    async inspect(sagaIds) {
      const ended = await readCancellations(context.database('order'), sagaIds)
      const references = ended.map(({ id }) => CANCELLATION + id)
      const restocked = await stock.findRestocks(context.database('inventory'), references)
      return suspectsOf(
        'stock-follows-orders',
        ended.flatMap(({ sagaId, id, orderId, done }) => {
          const back = restocked.has(CANCELLATION + id)
          const what = done
            ? `what cancellation ${id} called off never came back`
            : `the cancellation ${id} failed, and goods came back for it`
          return back === done ? [] : [{ id: orderId, subject: sagaId, what }]
        }),
      )
    },
  }
}
