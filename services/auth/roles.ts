import { type Context, publish, type Transaction } from '@doran/kernel'
import { user } from '@doran/user/contract'
import { type Account, lockAccountShared, updateRoles } from './accounts.ts'
import { record } from './audit.ts'
import { type AccountRole, Role, rolesChanged } from './contract.ts'
import { revoke } from './revocations.ts'

/**
 * Sets the roles of a locked account and returns them sorted. Revokes its access tokens, which contain the old roles;
 * its sessions go on. Does nothing if the roles are the same. Throws `last_administrator`, which the user service
 * decides, because it knows who is active. Call {@link reportAdministrator} after the commit: the user service must
 * never count somebody as an administrator who does not have the role.
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

/** The roles that the API shows: all but `operator`. */
export function publicRoles(roles: readonly AccountRole[]): Role[] {
  return roles.filter((role) => (Role.enum as readonly string[]).includes(role)) as Role[]
}

/**
 * Tells the user service that the user is an administrator, if they are one. Call it after the role has been committed.
 * Repeating it is harmless.
 */
export async function reportAdministrator(
  { db, client }: Pick<Context, 'db' | 'client'>,
  userId: string,
): Promise<void> {
  await db.transaction(async (tx) => {
    // Holds the shared lock until the other service has replied, so that the role cannot be taken meanwhile.
    const { roles } = await lockAccountShared(tx, userId)
    if (roles.includes('admin')) await client(user).enterAdministrator({ userId })
  })
}
