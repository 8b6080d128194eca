import { createRoute, redirect } from '@tanstack/react-router'
import { rootRoute } from '../../shell/root.tsx'
import { communityRoutesUnder } from './route-tree.ts'

/** Redirects the community edition's addresses to the marketplace's. */
const loginRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/community/login',
  beforeLoad: () => {
    throw redirect({ to: '/sign-in', search: { to: '/community' } })
  },
})

const registerRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/community/register',
  beforeLoad: () => {
    throw redirect({ to: '/register', search: { to: '/community' } })
  },
})

export const communityRoutes = [...communityRoutesUnder(rootRoute), loginRoute, registerRoute] as const
