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

/** Where to go afterwards: an address of this application. */
export interface Return {
  to?: string
}

declare module '@tanstack/react-router' {
  interface HistoryState {
    /** What was typed as the e-mail address, on the way from one of the two screens to the other. */
    email?: string
  }
}

/** Undefined is said, because what is left out stays as it stands in the address. */
function readReturn({ to }: Record<string, unknown>): Return {
  return { to: typeof to === 'string' && /^\/(?![/\\])/.test(to) ? to : undefined }
}

/** Who is signed in has nothing to do here. */
function sendOn({ search }: { search: Return }): void {
  if (session.get()) throw redirect({ href: search.to ?? '/', replace: true })
}

export const signInRoutes = [signInRoute, registerRoute]
