import type { Handler } from '@doran/kernel'
import { record } from '../audit.ts'
import type { auth } from '../contract.ts'
import { endSession } from '../sessions.ts'

export const signOut: Handler<typeof auth, 'signOut'> = async (from, ctx) => {
  const { id: userId, session: sessionId } = ctx.actor
  await ctx.db.transaction(async (tx) => {
    if (!(await endSession(tx, ctx.channel, userId, sessionId))) return
    await record(tx, { kind: 'signed_out', userId, sessionId, address: from['x-client-address'] })
  })
}
