import type { Handler } from '@doran/kernel'
import { changeLine } from '../carts.ts'
import type { order } from '../contract.ts'

export const setLine: Handler<typeof order, 'setLine'> = async ({ cartId, sku, quantity }, ctx) => {
  return changeLine({ cartId, sku, quantity, add: false }, ctx)
}
