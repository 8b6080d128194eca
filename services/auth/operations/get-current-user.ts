import type { Handler } from '@doran/kernel'
import { getAccount } from '../accounts.ts'
import type { AuthConfig } from '../config.ts'
import type { auth } from '../contract.ts'
import { memberOf, presentCurrentUser } from '../current-user.ts'
import { currentToken } from '../tokens.ts'

export const getCurrentUser: Handler<typeof auth, 'getCurrentUser', AuthConfig> = async ({ authorization }, ctx) => {
  const userId = ctx.actor.id
  const [account, member] = await Promise.all([getAccount(ctx.db, userId), memberOf(ctx, userId)])
  return presentCurrentUser(member, account.email, await currentToken(ctx, authorization))
}
