import { on } from '@doran/kernel'
import { userWithdrawn } from '@doran/user/contract'
import { removeFollowsOf } from '../follows.ts'

/**
 * Removes all follows of and by the user. Running it twice is harmless: the second run finds nothing to remove. A
 * withdrawal is final, so no older event can arrive after it.
 */
export const onUserWithdrawn = on(userWithdrawn, async ({ userId }, ctx) => {
  await removeFollowsOf(ctx.db, userId)
})
