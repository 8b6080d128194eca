import { kernelErrors } from '../contract/errors.ts'

/** The user on whose behalf a request runs, as described by their access token. */
export interface Actor {
  /** Id of the user. */
  readonly id: string
  readonly roles: readonly string[]
  /** Id of the session that the token belongs to. */
  readonly session: string
  /**
   * When the user opened the session with a password, in seconds since the epoch. Absent in tokens of older versions.
   */
  readonly signedInAt?: number | undefined
}

/** Within this time after a sign-in, irreversible acts and acts that could give the account away need no password. */
const FRESH_SIGN_IN_SECONDS = 300

/** Whether the actor has entered the password recently. A stolen token alone soon stops being enough. */
export function isFresh({ signedInAt }: Actor): boolean {
  return signedInAt !== undefined && signedInAt > Date.now() / 1000 - FRESH_SIGN_IN_SECONDS
}

/** Throws `sign_in_again` unless {@link isFresh}. */
export function assertFresh(actor: Actor): void {
  if (!isFresh(actor)) throw kernelErrors.signInAgain()
}
