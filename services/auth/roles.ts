import { type Context, publish, type Transaction } from '@doran/kernel'
import { user } from '@doran/user/contract'
import { type Account, shareAccount, updateRoles } from './accounts.ts'
import { record } from './audit.ts'
import { type AccountRole, Role, rolesChanged } from './contract.ts'
import { revoke } from './revocations.ts'

/**
 * Gives an account that is locked these roles and answers them in their order. Its access tokens stop counting,
 * because they tell the old ones; its sessions go on. Roles that it has already change nothing. Refused with
 * `last_administrator`, which the user service knows, as it knows who is active. Call {@link tellOfAdministrator} after the
 * commit: the user service must never count one who has not got the role, or has it no longer.
 */
export async function changeRoles(
  tx: Transaction,
  { channel, actor, client }: Pick<Context, 'channel' | 'actor' | 'client'>,
  account: Account,
  wanted: readonly AccountRole[],
): Promise<AccountRole[]> {
  const roles = [...wanted].sort()
  if (roles.join() === account.roles.join()) return roles
  if (account.roles.includes('admin') && !roles.includes('admin')) {
    await client(user).dismissAdministrator({ userId: account.userId })
  }
  const version = await updateRoles(tx, account.userId, roles)
  await revoke(tx, channel, `user:${account.userId}`)
  await publish(tx, rolesChanged, { userId: account.userId, version, roles, previous: account.roles })
  await record(tx, {
    kind: 'roles_changed',
    userId: account.userId,
    details: { roles, previous: account.roles, by: actor?.id ?? null },
  })
  return roles
}

/** Of these roles, those that the API tells of. */
export function toldRoles(roles: readonly AccountRole[]): Role[] {
  return roles.filter((role) => (Role.enum as readonly string[]).includes(role)) as Role[]
}

/**
 * Has the user service count somebody as an administrator, if they are one. Call it after the role has been given; a
 * repetition is harmless.
 */
export async function tellOfAdministrator(
  { db, client }: Pick<Context, 'db' | 'client'>,
  userId: string,
): Promise<void> {
  await db.transaction(async (tx) => {
    // Shared until the other service has answered, so that the role is not taken meanwhile.
    const { roles } = await shareAccount(tx, userId)
    if (roles.includes('admin')) await client(user).enterAdministrator({ userId })
  })
}
