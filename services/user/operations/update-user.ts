import type { Handler } from '@doran/kernel'
import type { user } from '../contract.ts'
import { notYourProfile } from '../errors.ts'
import { changeProfile, lockProfile, presentProfile } from '../profiles.ts'

export const updateUser: Handler<typeof user, 'updateUser'> = async ({ userId, name, phone, locale }, ctx) => {
  if (ctx.actor.id !== userId && !ctx.actor.roles.includes('admin')) throw notYourProfile()
  return ctx.db.transaction(async (tx) => {
    const before = await lockProfile(tx, userId)
    const change = {
      ...(name !== undefined && { name }),
      ...(phone !== undefined && { phone }),
      ...(locale !== undefined && { locale }),
    }
    return presentProfile(await changeProfile(tx, before, change))
  })
}
