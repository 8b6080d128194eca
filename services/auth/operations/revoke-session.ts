import type { Handler } from '@doran/kernel'
import { record } from '../audit.ts'
import type { auth } from '../contract.ts'
import { sessionNotFound } from '../errors.ts'
import { endSession, ownsSession } from '../sessions.ts'

export const revokeSession: Handler<typeof auth, 'revokeSession'> = async ({ sessionId, ...from }, ctx) => {
  const userId = ctx.actor.id
  if (!(await ownsSession(ctx.db, userId, sessionId))) throw sessionNotFound()
  await ctx.db.transaction(async (tx) => {
    if (!(await endSession(tx, ctx.channel, userId, sessionId))) return
    await record(tx, { kind: 'session_revoked', userId, sessionId, address: from['x-client-address'] })
  })
}
