import type { Handler } from '@doran/kernel'
import type { inventory } from '../contract.ts'
import { listPublicAvailabilityOf } from '../stock.ts'

export const getAvailabilities: Handler<typeof inventory, 'getAvailabilities'> = ({ sku }, ctx) =>
  listPublicAvailabilityOf(ctx.db, sku)
