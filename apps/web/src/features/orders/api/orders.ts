import type { Order, OrderStatus } from '@doran/order/contract'
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../../api/client.ts'
import { isRefusal } from '../../../api/errors.ts'
import { queryClient } from '../../../api/query-client.ts'

const PAGE_SIZE = 10

/** The member's orders, newest first, of one status or all. */
export const ordersQuery = (status?: OrderStatus) =>
  infiniteQueryOptions({
    queryKey: ['orders', 'list', status ?? 'all'],
    queryFn: ({ pageParam }) => api.order.listOrders({ status, cursor: pageParam, limit: PAGE_SIZE }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  })

/** One order; refetched for as long as it is changing. */
export const orderQuery = (orderId: string) =>
  queryOptions({
    queryKey: ['orders', 'one', orderId],
    queryFn: () => api.order.getOrder({ orderId }),
    staleTime: 5_000,
    refetchInterval: ({ state }) => (state.data ? refetchIntervalOf(state.data) : false),
  })

/** Milliseconds until the next fetch of an order, or false if it will not change by itself. */
function refetchIntervalOf({ status, sellers }: Order): number | false {
  if (status === 'processing' || sellers.some((part) => part.status === 'cancelling')) return 1_500
  return status === 'awaiting_payment' && 20_000
}

/**
 * The outcome of the payment, as the provider sees it. It completes the order once, however often it is called. Without
 * a payment that the buyer has agreed to, it returns the order unchanged.
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
    // An old answer would mislead.
    gcTime: 10_000,
    staleTime: 0,
    // The API waits for some seconds before it answers that the payment is still in progress.
    refetchInterval: ({ state }) => state.data?.status === 'processing' && 700,
  })

/** One of the member's payments, with the exact reason of a refusal. */
export const paymentQuery = (paymentId: string | undefined) =>
  queryOptions({
    queryKey: ['payments', paymentId],
    queryFn: () => api.payment.getPayment({ paymentId: paymentId as string }),
    enabled: paymentId !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  })

/** The address to which the payment page returns. */
function returnUrl(orderId: string): string {
  return new URL(`${import.meta.env.BASE_URL}orders/${orderId}/payment`, location.origin).href
}

/** Opens an order's payment page and returns its address. Repeated calls open one page. */
export async function openPayment(orderId: string): Promise<string> {
  const { paymentUrl } = await api.order.startPayment({ orderId, returnUrl: returnUrl(orderId) })
  return paymentUrl
}

export interface Cancellation {
  orderId: string
  sellerOrderIds?: string[]
  reason: string
}

/** Removes sold-out goods from an unpaid order. A repetition is refused, and the order is fetched again. */
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

/** The key stays the same for the same request, so that a repetition cancels nothing more. */
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
