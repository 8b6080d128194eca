import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { openPayment, orderQuery } from './api/orders.ts'

/** Leaves for the payment page; stays busy until the browser has left. */
export function usePay(orderId: string) {
  const client = useQueryClient()
  const { mutate, isPending, error, reset } = useMutation({
    mutationFn: async () => {
      location.assign(await openPayment(orderId))
      await new Promise(() => undefined)
    },
    onError: () => {
      client.invalidateQueries({ queryKey: orderQuery(orderId).queryKey })
    },
  })
  useEffect(() => {
    // A buyer who comes back finds this screen as it was left.
    const wake = ({ persisted }: PageTransitionEvent) => {
      if (!persisted) return
      reset()
      client.invalidateQueries({ queryKey: ['orders'] })
    }
    addEventListener('pageshow', wake)
    return () => removeEventListener('pageshow', wake)
  }, [client, reset])
  return { pay: () => mutate(), isPaying: isPending, error }
}
