import { type Handler, publish } from '@doran/kernel'
import { type user, userCreated } from '../contract.ts'
import { usernameTaken } from '../errors.ts'
import { findProfile, insertProfile, presentProfile } from '../profiles.ts'

export const createUser: Handler<typeof user, 'createUser'> = async (input, ctx) => {
  const { userId, email, name, username, locale = 'ko' } = input
  return ctx.db.transaction(async (tx) => {
    const isNew = await insertProfile(tx, { userId, email, name, username, locale })
    const profile = await findProfile(tx, userId)
    if (!profile) throw usernameTaken()
    if (isNew) {
      await publish(tx, userCreated, {
        userId,
        version: 1,
        email,
        name: profile.name,
        username: profile.username,
        locale,
      })
    }
    return presentProfile(profile)
  })
}
