import { auth } from '@doran/auth/contract'
import { DomainError } from '@doran/kernel'
import type { Platform } from '@doran/kernel/platform'
import type { ServerConfig } from './config.ts'

/** Makes the account of ADMIN_EMAIL an administrator's. Doran starts also when that cannot be, and the log says why. */
export async function ensureAdministrator(
  platform: Platform,
  { ADMIN_EMAIL: email, ADMIN_PASSWORD: password }: Pick<ServerConfig, 'ADMIN_EMAIL' | 'ADMIN_PASSWORD'>,
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

/** Whether an account was given no role because it may belong to somebody else. */
export function isOfAnother(error: unknown): boolean {
  return error instanceof DomainError && error.code === 'account_of_another'
}
