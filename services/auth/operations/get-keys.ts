import type { Handler } from '@doran/kernel'
import type { AuthConfig } from '../config.ts'
import type { auth } from '../contract.ts'
import { publicKeys } from '../keys.ts'

export const getKeys: Handler<typeof auth, 'getKeys', AuthConfig> = async (_, ctx) => {
  return { keys: await publicKeys(ctx) }
}
