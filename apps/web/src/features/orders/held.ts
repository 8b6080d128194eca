import type { SellerOrder } from '@doran/order/contract'

/** The part does not ship until an administrator decides; until then its buyer cannot cancel it either. */
export function isHeld({ status, held }: Pick<SellerOrder, 'status' | 'held'>): boolean {
  return held && status === 'preparing'
}

/** Whether the buyer may cancel it. */
export function isCancellable({ status, held }: Pick<SellerOrder, 'status' | 'held'>): boolean {
  return !held && status === 'preparing'
}
