/** All addresses of the community edition. */
import { createRoute, createRouter } from '@tanstack/react-router'
import { communityRoutesUnder } from '../features/community/route-tree.ts'
import type { rootRoute } from '../shell/root.tsx'
import { screen } from '../shell/screen.ts'
import { ScreenFailed } from '../shell/screen-failed.tsx'
import { editionRoot } from './root.tsx'

const loginRoute = createRoute({
  getParentRoute: () => editionRoot,
  path: '/login',
  validateSearch: readReturn,
  component: screen(() => import('./account-screen.tsx'), 'LoginScreen'),
})

const registerRoute = createRoute({
  getParentRoute: () => editionRoot,
  path: '/register',
  validateSearch: readReturn,
  component: screen(() => import('./account-screen.tsx'), 'RegisterScreen'),
})

/** Where to go after signing in: an address of this application. */
function readReturn({ to }: Record<string, unknown>): { to?: string } {
  return typeof to === 'string' && /^\/(?![/\\])/.test(to) ? { to } : {}
}

// For the compiler the community's addresses and frame are the marketplace's.
const communityRoutes = communityRoutesUnder(editionRoot as typeof rootRoute)

export const editionRouter = createRouter({
  routeTree: editionRoot.addChildren([...communityRoutes, loginRoute, registerRoute]),
  basepath: import.meta.env.BASE_URL,
  scrollRestoration: true,
  defaultErrorComponent: ScreenFailed,
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0,
  // Never shows the previous screen under the next screen's address.
  defaultPendingComponent: () => null,
  defaultPendingMs: 0,
  defaultPendingMinMs: 0,
})
