import { useSyncExternalStore } from 'react'
import { type Session, session } from './session.ts'

/** The session of the signed-in user, or undefined. */
export function useSession(): Session | undefined {
  return useSyncExternalStore(session.subscribe, session.get)
}
