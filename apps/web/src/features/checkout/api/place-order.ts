/** Sends an order so that it is placed once, even if the connection fails. */
import type { Address, Order } from '@doran/order/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../../api/client.ts'
import { isRefusal, isTransient } from '../../../api/errors.ts'
import { session } from '../../../api/session.ts'
import { cartQuery, forgetCart } from '../../cart/api/cart.ts'
import { orderQuery } from '../../orders/api/orders.ts'
import { keep, read } from '../use-kept.ts'

/** The contents of an order, and its idempotency key. */
export interface Intent {
  key: string
  cartId: string
  expectedTotal: number
  address: Address
  note: string
}

/**
 * The storage name of an order that was sent but not answered. It survives reloads, so that the same order can be sent
 * again.
 */
function sentName(): string {
  return `doran.order-sent.${session.get()?.userId}`
}

/** `unanswered` is an order that may or may not have arrived. The mutation ends after awaiting `onPlaced`. */
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
      if (isTransient(error)) return note(intent)
      // A refusal leaves nothing in flight; the next attempt is a new order.
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
