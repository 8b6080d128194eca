import { createRoute } from '@tanstack/react-router'
import { queryClient } from '../../api/query-client.ts'
import { rootRoute } from '../../shell/root.tsx'
import { screen } from '../../shell/screen.ts'
import { requireSession } from '../sign-in/require-session.ts'
import { confirmationQuery, orderQuery, ordersQuery } from './api/orders.ts'
import { readFilter } from './order-filter.ts'

const orderListRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/orders',
  validateSearch: readFilter,
  beforeLoad: requireSession,
  loaderDeps: ({ search }) => search,
  loader: ({ deps }) => {
    queryClient.prefetchInfiniteQuery(ordersQuery(deps.status))
  },
  component: screen(() => import('./order-list-screen.tsx'), 'OrderListScreen'),
})

const orderRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/orders/$orderId',
  beforeLoad: requireSession,
  loader: ({ params }) => {
    queryClient.prefetchQuery(orderQuery(params.orderId))
  },
  component: screen(() => import('./order-screen.tsx'), 'OrderScreen'),
})

const paymentReturnRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/orders/$orderId/payment',
  beforeLoad: requireSession,
  // Not preloaded: the request completes the order.
  preload: false,
  loader: ({ params }) => {
    queryClient.prefetchQuery(confirmationQuery(params.orderId))
  },
  component: screen(() => import('./payment-return-screen.tsx'), 'PaymentReturnScreen'),
})

const orderCompleteRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/orders/$orderId/complete',
  beforeLoad: requireSession,
  loader: ({ params }) => {
    queryClient.prefetchQuery(orderQuery(params.orderId))
  },
  component: screen(() => import('./order-complete-screen.tsx'), 'OrderCompleteScreen'),
})

export const orderRoutes = [orderListRoute, orderRoute, paymentReturnRoute, orderCompleteRoute]
