/** Compares the units sold that the catalogue shows with the units that were paid for. */
import { sql } from '@doran/kernel'
import { countUnits } from '@doran/order/invariants'
import { pageProducts, readSold } from '@doran/product/invariants'
import type { CheckContext } from './context.ts'
import { FIRST_ID, type Scan, suspectsOf } from './scan.ts'

/** Large, because each page adds up all lines of orders. */
const PAGE_SIZE = 20_000

/**
 * The catalogue may show more than was ordered here, because it can be loaded with earlier sales. So this scan finds
 * lost units, but not units counted twice.
 */
export function soldScan(context: CheckContext): Scan {
  return {
    invariants: ['sold-counted'],
    page: (after = FIRST_ID) => pageProducts(context.database('product'), after, PAGE_SIZE),
    async inspect(productIds) {
      const counted = new Map(
        (await readSold(context.database('product'), productIds)).map(({ productId, sold }) => [productId, sold]),
      )
      const short = (await countUnits(context.database('order'), productIds)).filter(
        ({ productId, units }) => (counted.get(productId) ?? 0) < units,
      )
      const coming = short.length > 0 ? await countPendingUnits(context) : new Map<string, number>()
      return suspectsOf(
        'sold-counted',
        short.flatMap(({ productId: id, units }) => {
          const sold = (counted.get(id) ?? 0) + (coming.get(id) ?? 0)
          return sold < units ? [{ id, what: `${units} units were paid for, ${sold} are counted` }] : []
        }),
      )
    },
  }
}

/** Counts the units whose event a task has yet to deliver to the catalogue; dead tasks count too. */
async function countPendingUnits(context: CheckContext): Promise<Map<string, number>> {
  const units = new Map<string, number>()
  for (const { db } of context.databases) {
    const rows = await db.all<{ productId: string; units: number }>(sql`
      select line ->> 'productId' as "productId", sum((line ->> 'quantity')::bigint)::bigint as units
      from doran.tasks, jsonb_path_query(payload, '$.data.sellers[*].lines[*]') as line
      where handler in ('product/on:order.paid', 'relay/product/on:order.paid') group by 1`)
    for (const row of rows) units.set(row.productId, (units.get(row.productId) ?? 0) + row.units)
  }
  return units
}
