import { useSyncExternalStore } from 'react'
import { type Session, session } from './session.ts'

/** Who is signed in, or undefined. */
export function useSession(): Session | undefined {
  return useSyncExternalStore(session.subscribe, session.get)
}
