import type { Handler } from '@doran/kernel'
import { changeLine } from '../carts.ts'
import type { order } from '../contract.ts'

export const addLine: Handler<typeof order, 'addLine'> = async ({ cartId, sku, quantity }, ctx) => {
  return changeLine({ cartId, sku, quantity, add: true }, ctx)
}
