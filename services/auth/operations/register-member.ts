import type { Handler } from '@doran/kernel'
import type { AuthConfig } from '../config.ts'
import type { auth } from '../contract.ts'
import { presentNewSession } from '../current-user.ts'
import { openNewAccount } from '../registration.ts'

export const registerMember: Handler<typeof auth, 'registerMember', AuthConfig> = async (input, ctx) => {
  const { username, email, password, ...from } = input
  const allowCommonPassword = ctx.config.AUTH_COMMUNITY_COMMON_PASSWORDS === 'allow'
  const grant = await openNewAccount(ctx, { email, password, name: username, username, allowCommonPassword }, from)
  return presentNewSession(ctx, grant, email)
}
