/** The record of security events. */
import { asKeyset, newId, type Queryable, sql } from '@doran/kernel'
import { Id, type Page } from '@doran/kernel/contract'
import type { AuditEntry, AuditKind } from './contract.ts'

export interface SecurityEvent {
  kind: AuditKind | 'email_changed'
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
  /** Only entries of these kinds. */
  kinds?: readonly string[] | undefined
  cursor: string | undefined
  limit: number
}

/** All entries of a user, oldest first. */
export function listEntriesOf(db: Queryable, userId: string): Promise<Omit<AuditEntry, 'id' | 'userId'>[]> {
  return db.all(sql`
    select at, kind, session_id as "sessionId", address, details from auth.audit where user_id = ${userId} order by id`)
}

/** Newest first. */
export async function findAuditEntries(
  db: Queryable,
  { userId, kinds, cursor, limit }: AuditFilter,
): Promise<Page<AuditEntry>> {
  const [before] = asKeyset.read(cursor, [Id]) ?? []
  const conditions = [
    sql`true`,
    ...(userId ? [sql`user_id = ${userId}`] : []),
    ...(kinds ? [sql`kind = any(${kinds}::text[])`] : []),
    ...(before ? [sql`id < ${before}`] : []),
  ]
  const rows = await db.all<AuditEntry>(sql`
    select id, at, kind, user_id as "userId", session_id as "sessionId", address, details from auth.audit
    where ${sql.join(conditions, ' and ')}
    order by id desc limit ${limit + 1}`)
  return asKeyset.pageById(rows, limit)
}
