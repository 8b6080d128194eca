import type { Handler } from '@doran/kernel'
import type { user } from '../contract.ts'
import { notYourProfile } from '../errors.ts'
import { changeProfile, lockProfile, presentProfile } from '../profiles.ts'

export const updateUser: Handler<typeof user, 'updateUser'> = async (input, ctx) => {
  const { userId, name, phone, locale, username, bio, image } = input
  if (ctx.actor.id !== userId.toLowerCase() && !ctx.actor.roles.includes('admin')) throw notYourProfile()
  return ctx.db.transaction(async (tx) => {
    const before = await lockProfile(tx, userId)
    return presentProfile(await changeProfile(tx, ctx.cache, before, { name, phone, locale, username, bio, image }))
  })
}
