import type { Order, OrderStatus } from '@doran/order/contract'
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../../api/client.ts'
import { isRefusal } from '../../../api/errors.ts'
import { queryClient } from '../../../api/query-client.ts'

const PAGE = 10

/** The member's orders, newest first, of one status or all. */
export const ordersQuery = (status?: OrderStatus) =>
  infiniteQueryOptions({
    queryKey: ['orders', 'list', status ?? 'all'],
    queryFn: ({ pageParam }) => api.order.listOrders({ status, cursor: pageParam, limit: PAGE }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  })

/** One order; looked at again by itself for as long as something is going on with it. */
export const orderQuery = (orderId: string) =>
  queryOptions({
    queryKey: ['orders', 'one', orderId],
    queryFn: () => api.order.getOrder({ orderId }),
    staleTime: 5_000,
    refetchInterval: ({ state }) => (state.data ? pauseOf(state.data) : false),
  })

/** Milliseconds until an order is looked at again, or false when nothing will change by itself. */
function pauseOf({ status, sellers }: Order): number | false {
  if (status === 'processing' || sellers.some((part) => part.status === 'cancelling')) return 1_500
  return status === 'awaiting_payment' && 20_000
}

/**
 * What became of the payment, as the provider sees it. Asked any number of times it completes the order once; without
 * a payment that the buyer has agreed to, it answers the order as it is.
 */
export const confirmationQuery = (orderId: string) =>
  queryOptions({
    queryKey: ['orders', 'confirmation', orderId],
    queryFn: async () => {
      const order = await api.order.confirmPayment({ orderId }).catch((error) => {
        if (!isRefusal(error, 'payment_not_started')) throw error
        return api.order.getOrder({ orderId })
      })
      queryClient.setQueryData(orderQuery(orderId).queryKey, order)
      return order
    },
    // An old answer would only mislead.
    gcTime: 10_000,
    staleTime: 0,
    // The API waits for some seconds before it answers that it is still at it.
    refetchInterval: ({ state }) => state.data?.status === 'processing' && 700,
  })

/** A payment of the member's, which knows why exactly it was refused. */
export const paymentQuery = (paymentId: string | undefined) =>
  queryOptions({
    queryKey: ['payments', paymentId],
    queryFn: () => api.payment.getPayment({ paymentId: paymentId as string }),
    enabled: paymentId !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  })

/** Where the provider's page leads back to. */
function returnUrl(orderId: string): string {
  return new URL(`${import.meta.env.BASE_URL}orders/${orderId}/payment`, location.origin).href
}

/** Opens the payment page of an order and answers its address. Any number of calls open one. */
export async function openPayment(orderId: string): Promise<string> {
  const { paymentUrl } = await api.order.startPayment({ orderId, returnUrl: returnUrl(orderId) })
  return paymentUrl
}

export interface Cancellation {
  orderId: string
  sellerOrderIds?: string[]
  reason: string
}

/** Takes out of an unpaid order what is gone. A repetition is refused, and the order is looked at again. */
export function useReduceOrder() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (reduction: { orderId: string; lines: { sku: string; quantity: number }[] }) =>
      api.order.reduceOrder(reduction),
    onSuccess: (order) => {
      client.setQueryData(orderQuery(order.id).queryKey, order)
      client.invalidateQueries({ queryKey: ['orders', 'list'] })
    },
    onError: (_error, { orderId }) => {
      client.invalidateQueries({ queryKey: orderQuery(orderId).queryKey })
    },
  })
}

/** The key stays the same for as long as the same is asked, so that a repetition cancels nothing more. */
export function useCancelOrder() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ key, ...cancellation }: Cancellation & { key: string }) =>
      api.order.cancelOrder(cancellation, { key }),
    onSuccess: (order) => {
      client.setQueryData(orderQuery(order.id).queryKey, order)
      client.invalidateQueries({ queryKey: ['orders', 'list'] })
    },
    onError: (_error, { orderId }) => {
      client.invalidateQueries({ queryKey: orderQuery(orderId).queryKey })
    },
  })
}
