import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { rootRoute } from '../../shell/root.tsx'

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: readReturn,
  component: lazyRouteComponent(() => import('./sign-in-screen.tsx'), 'SignInScreen'),
})

const registerRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/register',
  validateSearch: readReturn,
  component: lazyRouteComponent(() => import('./register-screen.tsx'), 'RegisterScreen'),
})

/** Where to go afterwards: an address of this application. */
export interface Return {
  to?: string
}

function readReturn({ to }: Record<string, unknown>): Return {
  return typeof to === 'string' && /^\/(?![/\\])/.test(to) ? { to } : {}
}

export const signInRoutes = [signInRoute, registerRoute]
