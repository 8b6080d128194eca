import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { rootRoute } from '../../shell/root.tsx'

const profileRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/me',
  component: lazyRouteComponent(() => import('./profile-screen.tsx'), 'ProfileScreen'),
})

const addressesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/me/addresses',
  component: lazyRouteComponent(() => import('./addresses-screen.tsx'), 'AddressesScreen'),
})

const passwordRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/me/password',
  component: lazyRouteComponent(() => import('./password-screen.tsx'), 'PasswordScreen'),
})

const sessionsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/me/sessions',
  component: lazyRouteComponent(() => import('./sessions-screen.tsx'), 'SessionsScreen'),
})

const preferencesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/me/preferences',
  component: lazyRouteComponent(() => import('./preferences-screen.tsx'), 'PreferencesScreen'),
})

export const myPageRoutes = [profileRoute, addressesRoute, passwordRoute, sessionsRoute, preferencesRoute]
