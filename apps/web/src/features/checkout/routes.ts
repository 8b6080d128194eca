import { createRoute } from '@tanstack/react-router'
import { queryClient } from '../../api/query-client.ts'
import { rootRoute } from '../../shell/root.tsx'
import { screen } from '../../shell/screen.ts'
import { addressBookQuery } from '../addresses/api/addresses.ts'
import { cartQuery, directCartQuery } from '../cart/api/cart.ts'
import { requireSession } from '../sign-in/require-session.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

const checkoutRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/checkout',
  /** `cart` names the cart of "buy now"; without it the visitor's own cart is ordered. */
  validateSearch: ({ cart }: Record<string, unknown>): { cart?: string } =>
    typeof cart === 'string' && UUID.test(cart) ? { cart } : {},
  beforeLoad: requireSession,
  loaderDeps: ({ search }) => search,
  loader: ({ deps: { cart } }) => {
    if (cart) queryClient.prefetchQuery(directCartQuery(cart))
    else queryClient.prefetchQuery(cartQuery)
    queryClient.prefetchQuery(addressBookQuery)
  },
  component: screen(() => import('./checkout-screen.tsx'), 'CheckoutScreen'),
})

export const checkoutRoutes = [checkoutRoute]
