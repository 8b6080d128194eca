/** Sending an order so that it is placed once, whatever happens to the connection. */
import type { Address, Order } from '@doran/order/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../../api/client.ts'
import { isPassing, isRefusal } from '../../../api/errors.ts'
import { session } from '../../../api/session.ts'
import { cartQuery, forgetCart } from '../../cart/api/cart.ts'
import { orderQuery } from '../../orders/api/orders.ts'
import { keep, read } from '../use-kept.ts'

/** All that makes up an order, and the key under which it counts as the same one. */
export interface Intent {
  key: string
  cartId: string
  expectedTotal: number
  address: Address
  note: string
}

/** An order that was sent and whose answer has not come; kept over reloads, so that it can be sent again as it was. */
function sentName(): string {
  return `doran.order-sent.${session.get()?.userId}`
}

/**
 * `unanswered` is an order of which nobody here knows whether it has arrived. `onPlaced` is awaited before the
 * mutation is over.
 */
export function usePlaceOrder(onPlaced: (order: Order) => Promise<void>) {
  const client = useQueryClient()
  const [unanswered, setUnanswered] = useState(() => read<Intent>(sentName()))
  const note = (intent: Intent | undefined) => {
    keep(sentName(), intent)
    setUnanswered(intent)
  }
  const placing = useMutation({
    mutationFn: async ({ key, ...order }: Intent) => {
      keep(sentName(), { key, ...order })
      const placed = await api.order.placeOrder(order, { key })
      keep(sentName(), undefined)
      client.setQueryData(orderQuery(placed.id).queryKey, placed)
      client.invalidateQueries({ queryKey: ['orders', 'list'] })
      await onPlaced(placed)
      forgetCart(order.cartId)
    },
    onSuccess: () => note(undefined),
    onError: (error, intent) => {
      if (isPassing(error)) return note(intent)
      // After a refusal nothing is under way; the next attempt is a new order.
      note(undefined)
      if (isRefusal(error, 'cart_closed', 'cart_not_found')) forgetCart(intent.cartId)
      client.invalidateQueries({ queryKey: cartQuery.queryKey })
    },
  })
  const giveUp = () => {
    note(undefined)
    placing.reset()
    client.invalidateQueries({ queryKey: cartQuery.queryKey })
  }
  return { ...placing, unanswered, giveUp }
}
