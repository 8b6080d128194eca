import { setTimeout as pause } from 'node:timers/promises'
import { auth } from '@doran/auth/contract'
import { DomainError } from '@doran/kernel'
import type { Platform } from '@doran/kernel/platform'
import type { ServerConfig } from './config.ts'

type Settings = Pick<ServerConfig, 'ADMIN_EMAIL' | 'ADMIN_PASSWORD'>

const RETRY_MS = { first: 500, longest: 30_000 }

/** Makes the account of ADMIN_EMAIL an administrator. If that is impossible, Doran still starts and logs the reason. */
export async function ensureAdministrator(
  platform: Platform,
  { ADMIN_EMAIL: email, ADMIN_PASSWORD: password }: Settings,
): Promise<void> {
  if (!email || !password) return
  try {
    const { status } = await platform
      .client(auth)
      .ensureAccount({ email, password, name: 'Administrator', roles: ['admin', 'operator'] })
    if (status !== 'active') platform.log.error(`the account of ADMIN_EMAIL is ${status}: nobody can sign in to it`)
  } catch (error) {
    if (!isOfAnother(error)) throw error
    platform.log.error(
      'the account of ADMIN_EMAIL was not made an administrator: its password is not ADMIN_PASSWORD, so whoever ' +
        'registered it may be a stranger. Set ADMIN_PASSWORD to its password if it is yours, or name another address',
    )
  }
}

/**
 * Does the same in a fleet, whose user service may start later than this process or be down when this process restarts.
 * Retries in the background until that service answers. Returns a function that stops the retries.
 */
export function ensureAdministratorInFleet(platform: Platform, settings: Settings): () => void {
  const stop = new AbortController()
  const tries = async () => {
    for (let againInMs = RETRY_MS.first; ; againInMs = Math.min(2 * againInMs, RETRY_MS.longest)) {
      try {
        return await ensureAdministrator(platform, settings)
      } catch (err) {
        stop.signal.throwIfAborted()
        platform.log.warn({ err, againInMs }, 'the account of ADMIN_EMAIL is not an administrator yet; retrying')
      }
      await pause(againInMs, undefined, { signal: stop.signal })
    }
  }
  tries().catch(() => {})
  return () => stop.abort()
}

/** Whether an account was refused a role because it may belong to somebody else. */
export function isOfAnother(error: unknown): boolean {
  return error instanceof DomainError && error.code === 'account_of_another'
}
