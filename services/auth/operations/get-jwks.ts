import type { Handler } from '@doran/kernel'
import type { AuthConfig } from '../config.ts'
import type { auth } from '../contract.ts'
import { publicKeys } from '../keys.ts'

export const getJwks: Handler<typeof auth, 'getJwks', AuthConfig> = async (_, ctx) => {
  return { keys: await publicKeys(ctx) }
}
