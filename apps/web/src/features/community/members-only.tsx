import { Navigate, useLocation } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useReader } from './api/me.ts'
import { backTo, SIGN_IN } from './edition.ts'

/** What only members see; guests sign in first and come back. */
export function MembersOnly({ children }: { children: ReactNode }) {
  const { signedIn } = useReader()
  const href = useLocation({ select: (location) => location.href })
  return signedIn ? children : <Navigate to={SIGN_IN} search={backTo(href)} replace />
}
