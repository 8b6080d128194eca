import { type Context, publish, type Transaction } from '@doran/kernel'
import { type Account, updateRoles } from './accounts.ts'
import { record } from './audit.ts'
import { type AccountRole, Role, rolesChanged } from './contract.ts'
import { revoke } from './revocations.ts'

/**
 * Gives an account that is locked these roles and answers them in their order. Its access tokens stop counting,
 * because they tell the old ones; its sessions go on. Roles that it has already change nothing.
 */
export async function changeRoles(
  tx: Transaction,
  { channel, actor }: Pick<Context, 'channel' | 'actor'>,
  account: Account,
  wanted: readonly AccountRole[],
): Promise<AccountRole[]> {
  const roles = [...wanted].sort()
  if (roles.join() === account.roles.join()) return roles
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
