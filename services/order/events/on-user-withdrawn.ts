import { on } from '@doran/kernel'
import { userWithdrawn } from '@doran/user/contract'
import { erasePersonalData } from '../personal-data.ts'

/** Erases the user's personal data. Running it twice is harmless: nothing is left to erase. */
export const onUserWithdrawn = on(userWithdrawn, async ({ userId }, ctx) => {
  await erasePersonalData(ctx.db, userId)
})
