/** The cart of this browser: a guest's until somebody signs in, then the member's own. */
import type { Cart } from '@doran/order/contract'
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../../api/client.ts'
import { isRefusal } from '../../../api/errors.ts'
import { queryClient } from '../../../api/query-client.ts'
import { session } from '../../../api/session.ts'
import { stored } from '../../../api/stored.ts'

const cartId = stored<string>('doran.cart')
const KEY = ['cart']

/** The cart with prices and stock as they are now; null while nothing has been put into one. */
export const cartQuery = queryOptions({ queryKey: KEY, queryFn: findCart, staleTime: 10_000 })

async function findCart(): Promise<Cart | null> {
  const id = cartId.get()
  if (!id) return session.get() ? remember(await api.order.createCart()) : null
  try {
    return await api.order.getCart({ cartId: id })
  } catch (error) {
    // It was ordered or merged elsewhere, or belongs to somebody who was signed in here before.
    if (!isGone(error)) throw error
    forgetCart()
    return findCart()
  }
}

function isGone(error: unknown): boolean {
  return isRefusal(error, 'cart_not_found', 'cart_closed')
}

function remember(cart: Cart): Cart {
  cartId.set(cart.id)
  return cart
}

/** After the cart was ordered or its owner has left: the next one is new. */
export function forgetCart(): void {
  cartId.set(undefined)
  queryClient.setQueryData(KEY, null)
}

/** At sign-in: what a guest has put together goes into the member's own cart. */
export async function takeCartAlong(): Promise<void> {
  const guests = cartId.get()
  cartId.set(undefined)
  try {
    const cart = guests ? await api.order.mergeCart({ cartId: guests }) : await api.order.createCart()
    queryClient.setQueryData(KEY, remember(cart))
  } catch (error) {
    if (!isGone(error)) cartId.set(guests)
    await queryClient.invalidateQueries({ queryKey: KEY })
  }
}

/** Puts more of a SKU into the cart, making one when there is none. */
export function useAddToCart() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async (line: { sku: string; quantity: number }) => {
      const add = async () =>
        api.order.addLine({ cartId: cartId.get() ?? remember(await api.order.createCart()).id, ...line })
      return add().catch((error) => {
        if (!isGone(error)) throw error
        forgetCart()
        return add()
      })
    },
    onSuccess: (cart) => client.setQueryData(KEY, cart),
  })
}
