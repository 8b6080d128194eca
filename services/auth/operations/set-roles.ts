import { audited, type Handler } from '@doran/kernel'
import { lockAccount } from '../accounts.ts'
import type { auth } from '../contract.ts'
import { ownAdminRole } from '../errors.ts'
import { changeRoles, toldRoles } from '../roles.ts'

export const setRoles: Handler<typeof auth, 'setRoles'> = async ({ userId, roles }, ctx) => {
  if (ctx.actor.id === userId && !roles.includes('admin')) throw ownAdminRole()
  return ctx.db.transaction(async (tx) => {
    const account = await lockAccount(tx, userId)
    const kept = account.roles.filter((role) => role === 'operator')
    const wanted = [...roles, ...kept]
    audited(ctx, { before: { roles: account.roles }, after: { roles: wanted } })
    return { userId, roles: toldRoles(await changeRoles(tx, ctx, account, wanted)) }
  })
}
