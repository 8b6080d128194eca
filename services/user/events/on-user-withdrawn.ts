import { on, pseudonymise } from '@doran/kernel'
import { userCreated, userUpdated, userWithdrawn } from '../contract.ts'

/** Takes the person out of the events that told of them. Running it twice is harmless. */
export const onUserWithdrawn = on(userWithdrawn, async ({ userId }, ctx) => {
  await pseudonymise(ctx.db, userCreated, { userId }, { email: '', name: '', username: '' })
  await pseudonymise(ctx.db, userUpdated, { userId }, { name: '', username: '' })
})
