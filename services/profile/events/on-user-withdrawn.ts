import { on } from '@doran/kernel'
import { userWithdrawn } from '@doran/user/contract'
import { removeFollowsOf } from '../follows.ts'

/**
 * Whoever has withdrawn follows nobody and is followed by nobody. Running it twice is harmless: there is nothing left to
 * remove. A withdrawal is final, so no earlier news can arrive after it.
 */
export const onUserWithdrawn = on(userWithdrawn, async ({ userId }, ctx) => {
  await removeFollowsOf(ctx.db, userId)
})
