import { asKeyset, type Handler, Id } from '@doran/kernel'
import { listAuditEntries } from '../audit.ts'
import type { auth } from '../contract.ts'

export const listAudit: Handler<typeof auth, 'listAudit'> = async ({ userId, kind, cursor, limit }, ctx) => {
  const [before] = (asKeyset.read(cursor, [Id]) ?? []) as string[]
  const rows = await listAuditEntries(ctx.db, { userId, kind, before, limit })
  return asKeyset.page(
    rows,
    limit,
    ({ id }) => [id],
    (entry) => entry,
  )
}
