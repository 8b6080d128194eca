import { useEffect, useRef, useState } from 'react'
import { onSessionEnded } from '../api/session.ts'
import { onDemand } from '../ui/on-demand.tsx'

const SignInDialog = onDemand(() => import('./sign-in-dialog.tsx'), 'SignInDialog')

/**
 * Asks for the password in a dialog over the screen when a session ends. Pending API requests wait and then continue.
 */
export function SignInAgain() {
  const [asking, setAsking] = useState(false)
  const answer = useRef<(signedIn: boolean) => void>(undefined)
  useEffect(() => {
    onSessionEnded(() => {
      setAsking(true)
      return new Promise((resolve) => {
        answer.current = resolve
      })
    })
  }, [])
  const close = (signedIn: boolean) => {
    setAsking(false)
    answer.current?.(signedIn)
  }
  return asking && <SignInDialog onSignedIn={() => close(true)} onClose={() => close(false)} />
}
