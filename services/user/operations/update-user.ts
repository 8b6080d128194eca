import { audited, type Handler } from '@doran/kernel'
import type { user } from '../contract.ts'
import { notYourProfile } from '../errors.ts'
import { changeProfile, lockProfile, presentProfile } from '../profiles.ts'

export const updateUser: Handler<typeof user, 'updateUser'> = async (input, ctx) => {
  const { userId, name, phone, locale, username, bio, image } = input
  if (ctx.actor.id !== userId && !ctx.actor.roles.includes('admin')) throw notYourProfile()
  return ctx.db.transaction(async (tx) => {
    const before = await lockProfile(tx, userId)
    const change = { name, phone, locale, username, bio, image }
    // Records the names of the fields only. Their values are personal data, and audit entries cannot be erased.
    audited(ctx, { after: { given: Object.keys(change).filter((field) => field in input) } })
    return presentProfile(await changeProfile(tx, ctx.cache, before, change))
  })
}
