import { useNavigate, useRouter } from '@tanstack/react-router'
import { type ReactNode, useEffect, useState } from 'react'
import { useReader } from './api/me.ts'
import { backTo, SIGN_IN } from './edition.ts'

/** Content for members only. Guests, and readers whose session ends here, sign in first and come back. */
export function MembersOnly({ children }: { children: ReactNode }) {
  const { signedIn } = useReader()
  const router = useRouter()
  const navigate = useNavigate()
  // Read now: on the way to the sign-in the address has already changed.
  const [here] = useState(() => router.state.location.href)
  useEffect(() => {
    if (!signedIn) navigate({ to: SIGN_IN, search: backTo(here), replace: true })
  }, [signedIn, navigate, here])
  return signedIn && children
}
