import { type Handler, publish } from '@doran/kernel'
import { type user, userCreated } from '../contract.ts'
import { getProfile, insertProfile, presentProfile } from '../profiles.ts'

export const createUser: Handler<typeof user, 'createUser'> = async ({ userId, email, name, locale = 'ko' }, ctx) => {
  return ctx.db.transaction(async (tx) => {
    const isNew = await insertProfile(tx, { userId, email, name, locale })
    if (isNew) await publish(tx, userCreated, { userId, version: 1, email, name, locale })
    return presentProfile(await getProfile(tx, userId))
  })
}
