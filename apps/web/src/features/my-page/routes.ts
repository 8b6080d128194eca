import { createRoute } from '@tanstack/react-router'
import { queryClient } from '../../api/query-client.ts'
import { rootRoute } from '../../shell/root.tsx'
import { screen } from '../../shell/screen.ts'
import { addressBookQuery } from '../addresses/api/addresses.ts'
import { requireSession } from '../sign-in/require-session.ts'
import { profileQuery } from './api/profile.ts'
import { sessionsQuery } from './api/sessions.ts'

const myPageRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/me',
  beforeLoad: requireSession,
  component: screen(() => import('./my-page.tsx'), 'MyPage'),
})

const profileRoute = createRoute({
  getParentRoute: () => myPageRoute,
  path: '/',
  loader: () => void queryClient.prefetchQuery(profileQuery),
  component: screen(() => import('./profile-screen.tsx'), 'ProfileScreen'),
})

const addressesRoute = createRoute({
  getParentRoute: () => myPageRoute,
  path: '/addresses',
  loader: () => void queryClient.prefetchQuery(addressBookQuery),
  component: screen(() => import('./addresses-screen.tsx'), 'AddressesScreen'),
})

const passwordRoute = createRoute({
  getParentRoute: () => myPageRoute,
  path: '/password',
  component: screen(() => import('./password-screen.tsx'), 'PasswordScreen'),
})

const sessionsRoute = createRoute({
  getParentRoute: () => myPageRoute,
  path: '/sessions',
  loader: () => void queryClient.prefetchInfiniteQuery(sessionsQuery),
  component: screen(() => import('./sessions-screen.tsx'), 'SessionsScreen'),
})

const preferencesRoute = createRoute({
  getParentRoute: () => myPageRoute,
  path: '/preferences',
  component: screen(() => import('./preferences-screen.tsx'), 'PreferencesScreen'),
})

export const myPageRoutes = [
  myPageRoute.addChildren([profileRoute, addressesRoute, passwordRoute, sessionsRoute, preferencesRoute]),
]
