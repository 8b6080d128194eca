import { createRoute } from '@tanstack/react-router'
import { queryClient } from '../../api/query-client.ts'
import { rootRoute } from '../../shell/root.tsx'
import { screen } from '../../shell/screen.ts'
import { addressBookQuery } from '../addresses/api/addresses.ts'
import { cartQuery } from '../cart/api/cart.ts'
import { requireSession } from '../sign-in/require-session.ts'

const checkoutRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/checkout',
  beforeLoad: requireSession,
  loader: () => {
    queryClient.prefetchQuery(cartQuery)
    queryClient.prefetchQuery(addressBookQuery)
  },
  component: screen(() => import('./checkout-screen.tsx'), 'CheckoutScreen'),
})

export const checkoutRoutes = [checkoutRoute]
