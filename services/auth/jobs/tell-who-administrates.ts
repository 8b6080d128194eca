import { type Context, job } from '@doran/kernel'
import { listAdministrators } from '../accounts.ts'
import { reportAdministrator } from '../roles.ts'

/**
 * Tells the user service about administrators that it does not know: after a crash between the role's commit and the
 * call, or because the role is older than that call.
 */
export const tellWhoAdministrates = job('tell-who-administrates', { cron: '*/10 * * * *', run: tell })

async function tell(ctx: Context<undefined>): Promise<void> {
  for (const userId of await listAdministrators(ctx.db)) await reportAdministrator(ctx, userId)
}
