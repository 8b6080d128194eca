import { audited, type Handler } from '@doran/kernel'
import { lockAccount } from '../accounts.ts'
import type { auth } from '../contract.ts'
import { ownAdminRole } from '../errors.ts'
import { changeRoles } from '../roles.ts'

export const setRoles: Handler<typeof auth, 'setRoles'> = async ({ userId, roles }, ctx) => {
  if (ctx.actor.id === userId && !roles.includes('admin')) throw ownAdminRole()
  return ctx.db.transaction(async (tx) => {
    const account = await lockAccount(tx, userId)
    audited(ctx, { before: { roles: account.roles }, after: { roles } })
    return { userId, roles: await changeRoles(tx, ctx, account, roles) }
  })
}
