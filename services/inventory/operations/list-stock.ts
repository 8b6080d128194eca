import type { Handler } from '@doran/kernel'
import type { inventory } from '../contract.ts'
import { listStockOf } from '../stock.ts'

export const listStock: Handler<typeof inventory, 'listStock'> = ({ skus }, ctx) => listStockOf(ctx.db, skus)
