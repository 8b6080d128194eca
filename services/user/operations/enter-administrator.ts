import type { Handler } from '@doran/kernel'
import { insertAdministrator } from '../administrators.ts'
import type { user } from '../contract.ts'

export const enterAdministrator: Handler<typeof user, 'enterAdministrator'> = async ({ userId }, ctx) => {
  await insertAdministrator(ctx.db, userId)
}
