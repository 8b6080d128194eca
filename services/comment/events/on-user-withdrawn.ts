import { on } from '@doran/kernel'
import { userWithdrawn } from '@doran/user/contract'
import { erasePersonalData } from '../personal-data.ts'

/** Erases what is kept of the person. Running it twice is harmless: there is nothing left to erase. */
export const onUserWithdrawn = on(userWithdrawn, async ({ userId }, ctx) => {
  await erasePersonalData(ctx.db, userId)
})
