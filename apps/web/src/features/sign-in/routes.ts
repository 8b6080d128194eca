import { createRoute, redirect } from '@tanstack/react-router'
import { session } from '../../api/session.ts'
import { rootRoute } from '../../shell/root.tsx'
import { screen } from '../../shell/screen.ts'

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: readReturn,
  beforeLoad: sendOn,
  component: screen(() => import('./sign-in-screen.tsx'), 'SignInScreen'),
})

const registerRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/register',
  validateSearch: readReturn,
  beforeLoad: sendOn,
  component: screen(() => import('./register-screen.tsx'), 'RegisterScreen'),
})

/** Where to go after signing in: an address of this application. */
export interface Return {
  to?: string
}

declare module '@tanstack/react-router' {
  interface HistoryState {
    /** The typed e-mail address, carried from one of the two screens to the other. */
    email?: string
  }
}

/** Undefined is explicit, because an omitted value stays in the address. */
function readReturn({ to }: Record<string, unknown>): Return {
  return { to: typeof to === 'string' && /^\/(?![/\\])/.test(to) ? to : undefined }
}

/** Redirects signed-in users away. */
function sendOn({ search }: { search: Return }): void {
  if (session.get()) throw redirect({ href: search.to ?? '/', replace: true })
}

export const signInRoutes = [signInRoute, registerRoute]
