import { audited, type Handler } from '@doran/kernel'
import type { Page } from '@doran/kernel/contract'
import { findAuditEntries } from '../audit.ts'
import { AuditKind, type auth, type FirstAuditEntry } from '../contract.ts'

export const listAudit: Handler<typeof auth, 'listAudit'> = async ({ userId, kind, cursor, limit }, ctx) => {
  audited(ctx, { target: { userId, kind } })
  const kinds = kind ? [kind] : AuditKind.enum
  return findAuditEntries(ctx.db, { userId, kinds, cursor, limit }) as Promise<Page<FirstAuditEntry>>
}
