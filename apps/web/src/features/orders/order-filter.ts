import type { OrderStatus } from '@doran/order/contract'

/** The order filter in the address. */
export interface OrderFilter {
  status?: OrderStatus
}

/** The filters in the order in which they are offered. */
export const FILTERS: readonly OrderStatus[] = ['awaiting_payment', 'processing', 'paid', 'cancelled', 'expired']

/** Undefined is explicit, because an omitted filter stays in the address. */
export function readFilter({ status }: Record<string, unknown>): OrderFilter {
  return { status: FILTERS.find((filter) => filter === status) }
}
