import type { Handler } from '@doran/kernel'
import type { AuthConfig } from '../config.ts'
import type { auth } from '../contract.ts'
import { openNewAccount } from '../registration.ts'
import { presentTokens } from '../tokens.ts'

export const register: Handler<typeof auth, 'register', AuthConfig> = async (input, ctx) => {
  const { email, password, name, locale, ...from } = input
  const grant = await openNewAccount(ctx, { email, password, name, locale, returnsDeviceToken: true }, from)
  return presentTokens(ctx, grant)
}
