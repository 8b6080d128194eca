import { asKeyset, type Handler } from '@doran/kernel'
import { Id } from '@doran/kernel/contract'
import type { auth } from '../contract.ts'
import { listSessionsOf } from '../sessions.ts'

export const listSessions: Handler<typeof auth, 'listSessions'> = async ({ cursor, limit }, ctx) => {
  const [before] = (asKeyset.read(cursor, [Id]) ?? []) as string[]
  const rows = await listSessionsOf(ctx.db, ctx.actor.id, before, limit)
  return asKeyset.page(
    rows,
    limit,
    ({ id }) => [id],
    (session) => ({ ...session, current: session.id === ctx.actor.session }),
  )
}
