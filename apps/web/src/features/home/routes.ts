import { createRoute } from '@tanstack/react-router'
import { rootRoute } from '../../shell/root.tsx'
import { screen } from '../../shell/screen.ts'
import { openHome } from './api/home.ts'

const homeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  loader: openHome,
  component: screen(() => import('./home-screen.tsx'), 'HomeScreen'),
})

export const homeRoutes = [homeRoute]
