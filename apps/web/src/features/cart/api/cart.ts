/** This browser's cart: a guest's until the user signs in, then the member's own. */
import type { Cart } from '@doran/order/contract'
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../../api/client.ts'
import { isRefusal } from '../../../api/errors.ts'
import { queryClient } from '../../../api/query-client.ts'
import { session } from '../../../api/session.ts'
import { stored } from '../../../api/stored.ts'
import { withoutLine, withQuantity } from '../cart-changes.ts'
import { tellLeftOut } from '../left-out.ts'

const CART_ID = 'doran.cart'
const cartId = stored<string>(CART_ID)
const QUERY_KEY = ['cart']

/** The cart with current prices and stock; null if this browser has no cart. */
export const cartQuery = queryOptions({
  queryKey: QUERY_KEY,
  queryFn: findCart,
  staleTime: 10_000,
  // Another page of this browser may have changed it.
  refetchOnWindowFocus: 'always',
})

/** A cart with the one item of "buy now"; null if it was ordered already. */
export const directCartQuery = (cartId: string) =>
  queryOptions({
    queryKey: ['direct-cart', cartId],
    queryFn: () =>
      api.order.getCart({ cartId }).catch((error) => {
        if (isGone(error)) return null
        throw error
      }),
    staleTime: 10_000,
    refetchOnWindowFocus: 'always',
  })

addEventListener('storage', ({ key }) => {
  if (key === CART_ID || key === null) queryClient.invalidateQueries({ queryKey: QUERY_KEY })
})

async function findCart(): Promise<Cart | null> {
  const id = cartId.get()
  if (!id) return session.get() ? remember(await api.order.createCart()) : null
  try {
    const cart = await api.order.getCart({ cartId: id })
    const isLeftBehind = cart.buyerId === null && session.get()
    return isLeftBehind ? merge(id, cart) : cart
  } catch (error) {
    // The cart was ordered or merged elsewhere, has expired, or belongs to an earlier user of this browser.
    if (!isGone(error)) throw error
    forgetCart(id)
    return findCart()
  }
}

/** Merges a guest's cart into the member's own. */
async function merge(id: string, guests: Cart | null | undefined): Promise<Cart> {
  const cart = await api.order.mergeCart({ cartId: id })
  tellLeftOut(cart, guests)
  return remember(cart)
}

function isGone(error: unknown): boolean {
  return isRefusal(error, 'cart_not_found', 'cart_closed')
}

function remember(cart: Cart): Cart {
  if (cartId.get() !== cart.id) cartId.set(cart.id)
  return cart
}

/**
 * Forgets the cart after it was ordered or its owner has signed out, so that the next one is new. With an id, only if
 * it is still that cart.
 */
export function forgetCart(id = cartId.get()): void {
  if (cartId.get() !== id) return
  cartId.set(undefined)
  queryClient.setQueryData(QUERY_KEY, null)
}

/** At sign-in, merges the guest's cart into the member's own. */
export async function mergeGuestCart(): Promise<void> {
  const guests = cartId.get()
  cartId.set(undefined)
  try {
    const cart = guests
      ? await merge(guests, queryClient.getQueryData(cartQuery.queryKey))
      : remember(await api.order.createCart())
    queryClient.setQueryData(QUERY_KEY, cart)
  } catch (error) {
    // The next read of the cart tries again.
    if (!isGone(error)) cartId.set(guests)
    await queryClient.invalidateQueries({ queryKey: QUERY_KEY })
  }
}

/** Creates a cart if there is none. One page at a time does so, so that no second cart replaces it. */
async function openCart(): Promise<string> {
  const open = async () => cartId.get() ?? remember(await api.order.createCart()).id
  return navigator.locks ? await navigator.locks.request(CART_ID, open) : open()
}

interface LineChange {
  sku: string
  quantity: number
}

async function add(line: LineChange, again = true): Promise<Cart> {
  const id = await openCart()
  try {
    return await api.order.addLine({ cartId: id, ...line })
  } catch (error) {
    if (!again || !isGone(error)) throw error
    forgetCart(id)
    return add(line, false)
  }
}

/** Adds a SKU to the cart, creating the cart if needed. */
export function useAddToCart() {
  const client = useQueryClient()
  return useMutation({
    mutationKey: QUERY_KEY,
    mutationFn: (line: LineChange) => add(line),
    onMutate: () => client.cancelQueries({ queryKey: QUERY_KEY }),
    onSuccess: (cart) => client.setQueryData(QUERY_KEY, cart),
  })
}

/** Creates a separate cart for "buy now"; the filled cart stays. */
export function useBuyNow() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (line: LineChange) => api.order.createDirectCart(line),
    onSuccess: (cart) => client.setQueryData(directCartQuery(cart.id).queryKey, cart),
  })
}

/** Sets a line's quantity. Shows it at once and takes it back if the API refuses. */
export function useSetQuantity() {
  return useCartChange(
    ({ sku, quantity }: LineChange, cartId) => api.order.setLine({ cartId, sku, quantity }),
    (cart, { sku, quantity }) => withQuantity(cart, sku, quantity),
  )
}

export function useRemoveLine() {
  return useCartChange(
    ({ sku }: { sku: string }, cartId) => api.order.removeLine({ cartId, sku }),
    (cart, { sku }) => withoutLine(cart, sku),
  )
}

/** Sends changes one after the other and shows only the answer to the last one. */
function useCartChange<Change>(
  send: (change: Change, cartId: string) => Promise<Cart>,
  predict: (cart: Cart, change: Change) => Cart,
) {
  const client = useQueryClient()
  return useMutation({
    mutationKey: QUERY_KEY,
    scope: { id: 'cart' },
    mutationFn: async (change: Change) => send(change, await openCart()),
    onMutate: async (change) => {
      await client.cancelQueries({ queryKey: QUERY_KEY })
      const before = client.getQueryData(cartQuery.queryKey)
      if (before) client.setQueryData(cartQuery.queryKey, predict(before, change))
      return { before }
    },
    onSuccess: (cart) => {
      if (client.isMutating({ mutationKey: QUERY_KEY }) === 1) client.setQueryData(cartQuery.queryKey, cart)
    },
    onError: (error, _change, context) => {
      if (context?.before) client.setQueryData(cartQuery.queryKey, context.before)
      if (isGone(error)) forgetCart()
      // Not awaited, so that the refusal shows at once.
      client.invalidateQueries({ queryKey: QUERY_KEY })
    },
  })
}
