import type { Handler } from '@doran/kernel'
import type { inventory } from '../contract.ts'
import { skuUnknown } from '../errors.ts'
import { listPublicAvailabilityOf } from '../stock.ts'

export const getAvailability: Handler<typeof inventory, 'getAvailability'> = async ({ sku }, ctx) => {
  const [availability] = await listPublicAvailabilityOf(ctx.db, [sku])
  if (!availability) throw skuUnknown({ sku })
  return availability
}
