import type { Handler } from '@doran/kernel'
import { lockAccount } from '../accounts.ts'
import { record } from '../audit.ts'
import type { auth } from '../contract.ts'
import { endAllSessions } from '../sessions.ts'

export const endSessions: Handler<typeof auth, 'endSessions'> = async (from, ctx) => {
  const { id: userId, session: sessionId } = ctx.actor
  await ctx.db.transaction(async (tx) => {
    await lockAccount(tx, userId)
    await endAllSessions(tx, ctx.channel, userId)
    await record(tx, {
      kind: 'signed_out',
      userId,
      sessionId,
      address: from['x-client-address'],
      details: { everywhere: true },
    })
  })
}
