import { kernelErrors } from '../contract/errors.ts'

/** The person for whom a request is done, as their access token says. */
export interface Actor {
  /** Id of the user. */
  readonly id: string
  readonly roles: readonly string[]
  /** Id of the session that the token belongs to. */
  readonly session: string
  /** When the session was opened with a password; seconds since the epoch. Tokens of older versions do not tell it. */
  readonly signedInAt?: number | undefined
}

/** Seconds after a sign-in within which what is final, or gives an account away, is allowed without the password. */
const FRESH_SIGN_IN_SECONDS = 300

/** Whether the actor gave the password a moment ago, so that a token that was stolen later is not enough. */
export function isFresh({ signedInAt }: Actor): boolean {
  return signedInAt !== undefined && signedInAt > Date.now() / 1000 - FRESH_SIGN_IN_SECONDS
}

/** Throws `sign_in_again` unless {@link isFresh}. */
export function assertFresh(actor: Actor): void {
  if (!isFresh(actor)) throw kernelErrors.signInAgain()
}
