/**
 * Who is signed in. Access tokens live for minutes and are renewed in time; when that is refused, whoever asked waits
 * until the user has signed in again (see `onSessionEnded`), so that nothing that was typed is lost.
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
  /** Absent in the community edition, whose tokens count for a day. */
  readonly refreshToken?: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
  readonly roles: readonly string[]
}

export const session = stored<Session>('doran.session')

/** What this browser is known by when it signs in again; it outlives the session. */
export const deviceToken = stored<string>('doran.device')

/** A token is renewed when it counts for less than this; milliseconds. */
const EARLY = 30_000

export function beginSession(tokens: Static<typeof Tokens>): void {
  const { userId, accessToken, refreshToken, expiresIn, roles } = tokens
  if (tokens.deviceToken) deviceToken.set(tokens.deviceToken)
  session.set({ userId, accessToken, refreshToken, expiresAt: Date.now() + expiresIn * 1_000, roles })
}

export function endSession(): void {
  session.set(undefined)
}

let signInAgain: (() => Promise<boolean>) | undefined

/** Sets what asks the user to sign in again; it answers whether they did. */
export function onSessionEnded(ask: () => Promise<boolean>): void {
  signInAgain = ask
}

/** The session's token, renewed when it is about to expire; undefined for guests. */
export async function freshToken(): Promise<string | undefined> {
  const current = session.get()
  if (!current) return undefined
  if (current.expiresAt - Date.now() > EARLY) return current.accessToken
  return renew(current)
}

/** After the API has refused the token: another one, or undefined when the user stays signed out. */
export async function tokenInsteadOf(refused: string): Promise<string | undefined> {
  const current = session.get()
  if (current && current.accessToken !== refused) return current.accessToken
  return current ? renew(current) : undefined
}

let renewing: Promise<string | undefined> | undefined

/** However many requests want a new token, it is asked for once. */
function renew(old: Session): Promise<string | undefined> {
  renewing ??= inTurn(() => exchange(old)).finally(() => {
    renewing = undefined
  })
  return renewing
}

/** One page at a time: the others find the token that the first has brought. */
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  return navigator.locks ? await navigator.locks.request('doran.session', work) : work()
}

/** Not through `client.ts`, which waits for what this brings. */
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
      // Only a refusal of the token ends the session; a server in trouble will answer later.
      if (error.status !== 401 && error.status !== 403) return current.accessToken
    }
  }
  const again = (await signInAgain?.()) ?? false
  if (!again) endSession()
  return session.get()?.accessToken
}
