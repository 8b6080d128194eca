import type { Handler } from '@doran/kernel'
import type { inventory } from '../contract.ts'
import { listAvailabilityOf } from '../stock.ts'

export const listAvailability: Handler<typeof inventory, 'listAvailability'> = ({ skus }, ctx) =>
  listAvailabilityOf(ctx.db, skus)
