import type { Handler } from '@doran/kernel'
import type { user } from '../contract.ts'
import { presentMember } from '../members.ts'
import { changeProfile, lockProfile } from '../profiles.ts'

export const changeMember: Handler<typeof user, 'changeMember'> = async ({ userId, ...change }, ctx) => {
  return ctx.db.transaction(async (tx) => {
    const before = await lockProfile(tx, userId)
    return presentMember(await changeProfile(tx, ctx.cache, before, change))
  })
}
