import type { Handler } from '@doran/kernel'
import { lockAccount } from '../accounts.ts'
import type { auth } from '../contract.ts'
import { ownAdminRole } from '../errors.ts'
import { changeRoles, tellOfAdministrator } from '../roles.ts'

export const setRoles: Handler<typeof auth, 'setRoles'> = async ({ userId, roles }, ctx) => {
  const changed = await ctx.db.transaction(async (tx) => {
    const account = await lockAccount(tx, userId)
    if (ctx.actor.id === account.userId && !roles.includes('admin')) throw ownAdminRole()
    return { userId: account.userId, roles: await changeRoles(tx, ctx, account, roles) }
  })
  await tellOfAdministrator(ctx, changed.userId)
  return { userId, roles: changed.roles }
}
