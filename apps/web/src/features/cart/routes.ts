import { createRoute } from '@tanstack/react-router'
import { queryClient } from '../../api/query-client.ts'
import { rootRoute } from '../../shell/root.tsx'
import { screen } from '../../shell/screen.ts'
import { cartQuery } from './api/cart.ts'

const cartRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/cart',
  loader: () => {
    queryClient.prefetchQuery(cartQuery)
  },
  component: screen(() => import('./cart-screen.tsx'), 'CartScreen'),
})

export const cartRoutes = [cartRoute]
