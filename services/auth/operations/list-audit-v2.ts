import { audited, type Handler } from '@doran/kernel'
import { findAuditEntries } from '../audit.ts'
import type { auth } from '../contract.ts'

export const listAuditV2: Handler<typeof auth, 'listAuditV2'> = async ({ userId, kind, cursor, limit }, ctx) => {
  audited(ctx, { target: { userId, kind } })
  return findAuditEntries(ctx.db, { userId, kinds: kind ? [kind] : undefined, cursor, limit })
}
