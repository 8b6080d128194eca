import { audited, type Handler } from '@doran/kernel'
import { lockAccount } from '../accounts.ts'
import type { auth } from '../contract.ts'
import { ownAdminRole } from '../errors.ts'
import { changeRoles, publicRoles, reportAdministrator } from '../roles.ts'

export const setRoles: Handler<typeof auth, 'setRoles'> = async ({ userId, roles }, ctx) => {
  const changed = await ctx.db.transaction(async (tx) => {
    const account = await lockAccount(tx, userId)
    if (ctx.actor.id === account.userId && !roles.includes('admin')) throw ownAdminRole()
    const wanted = [...roles, ...account.roles.filter((role) => role === 'operator')]
    audited(ctx, { before: { roles: account.roles }, after: { roles: wanted } })
    return { userId: account.userId, roles: publicRoles(await changeRoles(tx, ctx, account, wanted)) }
  })
  await reportAdministrator(ctx, changed.userId)
  return { userId, roles: changed.roles }
}
