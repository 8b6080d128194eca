import { redirect } from '@tanstack/react-router'
import { session } from '../../api/session.ts'

/** For a route's `beforeLoad`: guests sign in first and then come back to this address. */
export function requireSession({ location }: { location: { href: string } }): void {
  if (!session.get()) throw redirect({ to: '/sign-in', search: { to: location.href } })
}
