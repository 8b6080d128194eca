import type { Handler } from '@doran/kernel'
import { deleteAdministrator } from '../administrators.ts'
import type { user } from '../contract.ts'

export const dismissAdministrator: Handler<typeof user, 'dismissAdministrator'> = async ({ userId }, ctx) => {
  await ctx.db.transaction((tx) => deleteAdministrator(tx, userId))
}
