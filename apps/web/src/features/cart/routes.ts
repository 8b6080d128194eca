import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { queryClient } from '../../api/query-client.ts'
import { rootRoute } from '../../shell/root.tsx'
import { cartQuery } from './api/cart.ts'

const cartRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/cart',
  loader: () => {
    queryClient.prefetchQuery(cartQuery)
  },
  component: lazyRouteComponent(() => import('./cart-screen.tsx'), 'CartScreen'),
})

export const cartRoutes = [cartRoute]
