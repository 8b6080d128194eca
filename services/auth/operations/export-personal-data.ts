import type { Handler } from '@doran/kernel'
import { getAccount } from '../accounts.ts'
import { listEntriesOf } from '../audit.ts'
import type { auth } from '../contract.ts'
import { listAllSessionsOf } from '../sessions.ts'

export const exportPersonalData: Handler<typeof auth, 'exportPersonalData'> = async ({ userId }, ctx) => {
  const { email, roles, status } = await getAccount(ctx.db, userId)
  const [sessions, securityEvents] = [await listAllSessionsOf(ctx.db, userId), await listEntriesOf(ctx.db, userId)]
  return { account: { email, roles, status }, sessions, securityEvents }
}
