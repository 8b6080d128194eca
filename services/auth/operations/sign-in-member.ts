import type { Handler } from '@doran/kernel'
import { getAccount } from '../accounts.ts'
import type { AuthConfig } from '../config.ts'
import type { auth } from '../contract.ts'
import { presentNewSession } from '../current-user.ts'
import { beginSession } from '../sign-ins.ts'

export const signInMember: Handler<typeof auth, 'signInMember', AuthConfig> = async (input, ctx) => {
  const { email, password, ...from } = input
  const grant = await beginSession(ctx, { email, password }, from)
  const account = await getAccount(ctx.db, grant.userId)
  return presentNewSession(ctx, grant, account.email)
}
