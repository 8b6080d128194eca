/**
 * The signed-in user. Access tokens live for minutes and are renewed in time. If the API refuses to renew one, pending
 * requests wait until the user has signed in again (see `onSessionEnded`), so the user loses no input.
 */
import { auth, type Tokens } from '@doran/auth/contract'
import { httpClient } from '@doran/kernel/client'
import type { Static } from '@doran/kernel/contract'
import { apiUrl } from './config.ts'
import { isRefusal } from './errors.ts'
import { stored } from './stored.ts'

export interface Session {
  readonly userId: string
  readonly accessToken: string
  /** Absent in the community edition, whose tokens are valid for a day. */
  readonly refreshToken?: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
  readonly roles: readonly string[]
}

export const session = stored<Session>('doran.session')

/** Identifies this browser at the next sign-in; outlives the session. */
export const deviceToken = stored<string>('doran.device')

/** A token is renewed when less than this time is left. */
const RENEWAL_MARGIN_MS = 30_000

export function beginSession(tokens: Static<typeof Tokens>): void {
  const { userId, accessToken, refreshToken, expiresIn, roles } = tokens
  if (tokens.deviceToken) deviceToken.set(tokens.deviceToken)
  session.set({ userId, accessToken, refreshToken, expiresAt: Date.now() + expiresIn * 1_000, roles })
}

export function endSession(): void {
  session.set(undefined)
}

let signInAgain: (() => Promise<boolean>) | undefined

/** Sets the function that asks the user to sign in again. It returns whether they did. */
export function onSessionEnded(ask: () => Promise<boolean>): void {
  signInAgain = ask
}

/** Returns the session's token, renewed if it is about to expire; undefined for guests. */
export async function freshToken(): Promise<string | undefined> {
  const current = session.get()
  if (!current) return undefined
  if (current.expiresAt - Date.now() > RENEWAL_MARGIN_MS) return current.accessToken
  return renew(current)
}

/** Returns another token after the API has refused this one, or undefined if the user stays signed out. */
export async function replaceToken(refused: string): Promise<string | undefined> {
  const current = session.get()
  if (current && current.accessToken !== refused) return current.accessToken
  return current ? renew(current) : undefined
}

let renewing: Promise<string | undefined> | undefined

/** Sends one renewal request, however many requests want a new token. */
function renew(old: Session): Promise<string | undefined> {
  renewing ??= withSessionLock(() => exchange(old)).finally(() => {
    renewing = undefined
  })
  return renewing
}

/** Lets one page work at a time: the others find the token that the first one gets. */
async function withSessionLock<T>(work: () => Promise<T>): Promise<T> {
  return navigator.locks ? await navigator.locks.request('doran.session', work) : work()
}

/** Bypasses `client.ts`, which waits for this result. */
const { refresh } = httpClient(auth, { baseUrl: '', fetch: (path, request) => fetch(apiUrl() + path, request) })

async function exchange(old: Session): Promise<string | undefined> {
  const current = session.get()
  if (!current) return undefined
  if (current.accessToken !== old.accessToken) return current.accessToken
  if (current.refreshToken) {
    try {
      beginSession(await refresh({ refreshToken: current.refreshToken }))
      return session.get()?.accessToken
    } catch (error) {
      if (!isRefusal(error)) throw error
      // Only a refusal of the token ends the session; a failing server will answer later.
      if (error.status !== 401 && error.status !== 403) return current.accessToken
    }
  }
  const again = (await signInAgain?.()) ?? false
  if (!again) endSession()
  return session.get()?.accessToken
}
