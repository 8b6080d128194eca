import type { Handler } from '@doran/kernel'
import type { inventory } from '../contract.ts'
import { listAvailabilityOf } from '../stock.ts'

export const getAvailabilities: Handler<typeof inventory, 'getAvailabilities'> = ({ sku }, ctx) =>
  listAvailabilityOf(ctx.db, sku)
