/** All addresses of the application. The `routes.ts` of each feature says which screen they show. */
import { createRouter } from '@tanstack/react-router'
import { cartRoutes } from './features/cart/routes.ts'
import { catalogueRoutes } from './features/catalogue/routes.ts'
import { checkoutRoutes } from './features/checkout/routes.ts'
import { communityRoutes } from './features/community/routes.ts'
import { homeRoutes } from './features/home/routes.ts'
import { myPageRoutes } from './features/my-page/routes.ts'
import { orderRoutes } from './features/orders/routes.ts'
import { productRoutes } from './features/product/routes.ts'
import { signInRoutes } from './features/sign-in/routes.ts'
import { rootRoute } from './shell/root.tsx'
import { ScreenFailed } from './shell/screen-failed.tsx'

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    ...homeRoutes,
    ...catalogueRoutes,
    ...productRoutes,
    ...cartRoutes,
    ...checkoutRoutes,
    ...orderRoutes,
    ...signInRoutes,
    ...myPageRoutes,
    ...communityRoutes,
  ]),
  basepath: import.meta.env.BASE_URL,
  scrollRestoration: true,
  defaultErrorComponent: ScreenFailed,
  defaultPreload: 'intent',
  // The query client caches fetched data.
  defaultPreloadStaleTime: 0,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
