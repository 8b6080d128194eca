import { useEffect, useRef, useState } from 'react'
import { onSessionEnded } from '../api/session.ts'
import { onDemand } from '../ui/on-demand.tsx'

const SignInDialog = onDemand(() => import('./sign-in-dialog.tsx'), 'SignInDialog')

/**
 * When a session ends in the middle of something, asks for the password over the screen; what was asked of the API
 * waits and goes on afterwards.
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
