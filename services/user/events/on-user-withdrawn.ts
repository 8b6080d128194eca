import { on, pseudonymise } from '@doran/kernel'
import { userCreated, userUpdated, userWithdrawn } from '../contract.ts'

/**
 * Erases personal data from the stored events of this user. Running it twice is harmless: it writes the same values.
 */
export const onUserWithdrawn = on(userWithdrawn, async ({ userId }, ctx) => {
  await pseudonymise(ctx.db, userCreated, { userId }, { email: '', name: '', username: '' })
  await pseudonymise(ctx.db, userUpdated, { userId }, { name: '', username: '' })
})
