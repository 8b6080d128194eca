import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { rootRoute } from '../../shell/root.tsx'
import { openHome } from './api/home.ts'

const homeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  loader: openHome,
  component: lazyRouteComponent(() => import('./home-screen.tsx'), 'HomeScreen'),
})

export const homeRoutes = [homeRoute]
