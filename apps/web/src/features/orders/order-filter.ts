import type { OrderStatus } from '@doran/order/contract'

/** Which orders are shown, as it stands in the address. */
export interface OrderFilter {
  status?: OrderStatus
}

/** The filters in the order in which they are offered. */
export const FILTERS: readonly OrderStatus[] = ['awaiting_payment', 'processing', 'paid', 'cancelled', 'expired']

/** Undefined is said, because what is left out stays as it stands in the address. */
export function readFilter({ status }: Record<string, unknown>): OrderFilter {
  return { status: FILTERS.find((filter) => filter === status) }
}
