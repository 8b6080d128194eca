/** The cart of this browser: a guest's until somebody signs in, then the member's own. */
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
const KEY = ['cart']

/** The cart with prices and stock as they are now; null while nothing has been put into one. */
export const cartQuery = queryOptions({
  queryKey: KEY,
  queryFn: findCart,
  staleTime: 10_000,
  // Another page of this browser may have changed it.
  refetchOnWindowFocus: 'always',
})

/** A cart that holds one thing, to be bought at once; null when it was ordered already. */
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
  if (key === CART_ID || key === null) queryClient.invalidateQueries({ queryKey: KEY })
})

async function findCart(): Promise<Cart | null> {
  const id = cartId.get()
  if (!id) return session.get() ? remember(await api.order.createCart()) : null
  try {
    const cart = await api.order.getCart({ cartId: id })
    const isLeftBehind = cart.buyerId === null && session.get()
    return isLeftBehind ? merge(id, cart) : cart
  } catch (error) {
    // It was ordered or merged elsewhere, has expired, or belongs to somebody who was signed in here before.
    if (!isGone(error)) throw error
    forgetCart(id)
    return findCart()
  }
}

/** Puts a guest's cart into the member's own. */
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

/** After the cart was ordered or its owner has left: the next one is new. With an id, only if it is still that one. */
export function forgetCart(id = cartId.get()): void {
  if (cartId.get() !== id) return
  cartId.set(undefined)
  queryClient.setQueryData(KEY, null)
}

/** At sign-in: what a guest has put together goes into the member's own cart. */
export async function takeCartAlong(): Promise<void> {
  const guests = cartId.get()
  cartId.set(undefined)
  try {
    const cart = guests
      ? await merge(guests, queryClient.getQueryData(cartQuery.queryKey))
      : remember(await api.order.createCart())
    queryClient.setQueryData(KEY, cart)
  } catch (error) {
    // The next look at the cart tries again.
    if (!isGone(error)) cartId.set(guests)
    await queryClient.invalidateQueries({ queryKey: KEY })
  }
}

/** One page at a time makes a cart where there is none, so that no second one takes its place. */
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

/** Puts more of a SKU into the cart, making one when there is none. */
export function useAddToCart() {
  const client = useQueryClient()
  return useMutation({
    mutationKey: KEY,
    mutationFn: (line: LineChange) => add(line),
    onMutate: () => client.cancelQueries({ queryKey: KEY }),
    onSuccess: (cart) => client.setQueryData(KEY, cart),
  })
}

/** Makes a cart for what is bought at once, beside the one that has been filled. */
export function useBuyNow() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (line: LineChange) => api.order.createDirectCart(line),
    onSuccess: (cart) => client.setQueryData(directCartQuery(cart.id).queryKey, cart),
  })
}

/** Sets how many there shall be; shown at once, taken back when it is refused. */
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

/** Changes are sent one after the other, and only the answer to the last one is shown. */
function useCartChange<Change>(
  send: (change: Change, cartId: string) => Promise<Cart>,
  foresee: (cart: Cart, change: Change) => Cart,
) {
  const client = useQueryClient()
  return useMutation({
    mutationKey: KEY,
    scope: { id: 'cart' },
    mutationFn: async (change: Change) => send(change, await openCart()),
    onMutate: async (change) => {
      await client.cancelQueries({ queryKey: KEY })
      const before = client.getQueryData(cartQuery.queryKey)
      if (before) client.setQueryData(cartQuery.queryKey, foresee(before, change))
      return { before }
    },
    onSuccess: (cart) => {
      if (client.isMutating({ mutationKey: KEY }) === 1) client.setQueryData(cartQuery.queryKey, cart)
    },
    onError: (error, _change, context) => {
      if (context?.before) client.setQueryData(cartQuery.queryKey, context.before)
      if (isGone(error)) forgetCart()
      // Not waited for: what was refused is said at once.
      client.invalidateQueries({ queryKey: KEY })
    },
  })
}
