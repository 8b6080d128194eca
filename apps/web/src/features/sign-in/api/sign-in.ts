/** Beginning and ending a session, with all consequences. */
import { api } from '../../../api/client.ts'
import { queryClient } from '../../../api/query-client.ts'
import { beginSession, deviceToken, endSession } from '../../../api/session.ts'
import { currentLanguage } from '../../../language/language.ts'
import { forgetCart, mergeGuestCart } from '../../cart/api/cart.ts'

/** Refused with `credentials_invalid`, `too_many_attempts` and `account_not_active`. */
export async function signIn(email: string, password: string): Promise<void> {
  const device = deviceToken.get()
  beginSession(await api.auth.signIn({ email, password, ...(device && { deviceToken: device }) }))
  await arrive()
}

/** Refused with `email_taken`. */
export async function register(account: { email: string; password: string; name: string }): Promise<void> {
  beginSession(await api.auth.register({ ...account, locale: currentLanguage() }))
  await arrive()
}

/** Data fetched as a guest may look different for a member. */
async function arrive(): Promise<void> {
  await mergeGuestCart()
  await queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'cart' })
}

/** Ends the session here, even if the API cannot be reached. */
export async function signOut(): Promise<void> {
  await api.auth.signOut().catch(() => undefined)
  leave()
}

/** Ends every session of the member, this one too. On failure the member stays signed in. */
export async function signOutEverywhere(): Promise<void> {
  await api.auth.endSessions()
  leave()
}

/** Forgets the member in this browser, after the API has ended the session. */
export function leave(): void {
  endSession()
  forgetCart()
  queryClient.clear()
}
