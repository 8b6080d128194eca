import { type Context, job } from '@doran/kernel'
import { listAdministrators } from '../accounts.ts'
import { tellOfAdministrator } from '../roles.ts'

/** Makes up for what the user service was not told: a crash came between the role and the word, or the role is older. */
export const tellWhoAdministrates = job('tell-who-administrates', { cron: '*/10 * * * *', run: tell })

async function tell(ctx: Context<undefined>): Promise<void> {
  for (const userId of await listAdministrators(ctx.db)) await tellOfAdministrator(ctx, userId)
}
