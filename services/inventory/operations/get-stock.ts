import type { Handler } from '@doran/kernel'
import type { inventory } from '../contract.ts'
import { getOwnStock, presentStock } from '../stock.ts'

export const getStock: Handler<typeof inventory, 'getStock'> = async ({ sku }, ctx) =>
  presentStock(await getOwnStock(ctx.db, sku, ctx.actor))
