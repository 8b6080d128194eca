import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { queryClient } from '../../api/query-client.ts'
import { rootRoute } from '../../shell/root.tsx'
import { addressBookQuery } from '../addresses/api/addresses.ts'
import { requireSession } from '../sign-in/require-session.ts'
import { profileQuery } from './api/profile.ts'
import { sessionsQuery } from './api/sessions.ts'

const myPageRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/me',
  beforeLoad: requireSession,
  component: lazyRouteComponent(() => import('./my-page.tsx'), 'MyPage'),
})

const profileRoute = createRoute({
  getParentRoute: () => myPageRoute,
  path: '/',
  loader: () => void queryClient.prefetchQuery(profileQuery),
  component: lazyRouteComponent(() => import('./profile-screen.tsx'), 'ProfileScreen'),
})

const addressesRoute = createRoute({
  getParentRoute: () => myPageRoute,
  path: '/addresses',
  loader: () => void queryClient.prefetchQuery(addressBookQuery),
  component: lazyRouteComponent(() => import('./addresses-screen.tsx'), 'AddressesScreen'),
})

const passwordRoute = createRoute({
  getParentRoute: () => myPageRoute,
  path: '/password',
  component: lazyRouteComponent(() => import('./password-screen.tsx'), 'PasswordScreen'),
})

const sessionsRoute = createRoute({
  getParentRoute: () => myPageRoute,
  path: '/sessions',
  loader: () => void queryClient.prefetchInfiniteQuery(sessionsQuery),
  component: lazyRouteComponent(() => import('./sessions-screen.tsx'), 'SessionsScreen'),
})

const preferencesRoute = createRoute({
  getParentRoute: () => myPageRoute,
  path: '/preferences',
  component: lazyRouteComponent(() => import('./preferences-screen.tsx'), 'PreferencesScreen'),
})

export const myPageRoutes = [
  myPageRoute.addChildren([profileRoute, addressesRoute, passwordRoute, sessionsRoute, preferencesRoute]),
]
