import type { Handler } from '@doran/kernel'
import type { AuthConfig } from '../config.ts'
import type { auth } from '../contract.ts'
import { beginSession } from '../sign-ins.ts'
import { presentTokens } from '../tokens.ts'

export const signIn: Handler<typeof auth, 'signIn', AuthConfig> = async (input, ctx) => {
  const { email, password, deviceToken, ...from } = input
  return presentTokens(ctx, await beginSession(ctx, { email, password, device: { token: deviceToken } }, from))
}
