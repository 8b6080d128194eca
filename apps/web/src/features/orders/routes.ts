import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { rootRoute } from '../../shell/root.tsx'

const orderListRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/orders',
  component: lazyRouteComponent(() => import('./order-list-screen.tsx'), 'OrderListScreen'),
})

const orderRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/orders/$orderId',
  component: lazyRouteComponent(() => import('./order-screen.tsx'), 'OrderScreen'),
})

const paymentReturnRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/orders/$orderId/payment',
  component: lazyRouteComponent(() => import('./payment-return-screen.tsx'), 'PaymentReturnScreen'),
})

const orderCompleteRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/orders/$orderId/complete',
  component: lazyRouteComponent(() => import('./order-complete-screen.tsx'), 'OrderCompleteScreen'),
})

export const orderRoutes = [orderListRoute, orderRoute, paymentReturnRoute, orderCompleteRoute]
