/** The record of security events. */
import { newId, type Queryable, sql } from '@doran/kernel'
import type { AuditEntry, AuditKind } from './contract.ts'

export interface SecurityEvent {
  kind: AuditKind
  userId?: string | undefined
  sessionId?: string | undefined
  address?: string | undefined
  details?: Record<string, unknown>
}

export async function record(db: Queryable, event: SecurityEvent): Promise<void> {
  await db.run(sql`
    insert into auth.audit (id, kind, user_id, session_id, address, details)
    values (${newId()}, ${event.kind}, ${event.userId ?? null}, ${event.sessionId ?? null}, ${event.address ?? null},
            ${sql.json(event.details ?? {})})`)
}

export interface AuditFilter {
  userId?: string | undefined
  kind?: AuditKind | undefined
  /** Entries older than this one. */
  before: string | undefined
  limit: number
}

/** Newest first; one more than `limit` when there are more. */
export function listAuditEntries(db: Queryable, { userId, kind, before, limit }: AuditFilter): Promise<AuditEntry[]> {
  const conditions = [
    sql`true`,
    ...(userId ? [sql`user_id = ${userId}`] : []),
    ...(kind ? [sql`kind = ${kind}`] : []),
    ...(before ? [sql`id < ${before}`] : []),
  ]
  return db.all<AuditEntry>(sql`
    select id, at, kind, user_id as "userId", session_id as "sessionId", address, details from auth.audit
    where ${sql.join(conditions, ' and ')}
    order by id desc limit ${limit + 1}`)
}
