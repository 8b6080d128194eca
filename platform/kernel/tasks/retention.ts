/** What is kept for a while only. Deleting in small statements cannot fall behind, however much there is. */
import type { Queryable } from '../database/database.ts'
import { type Sql, sql } from '../database/sql.ts'

/** How long events, and the knowledge which of them came from another database, are kept. */
const EVENTS_KEPT = '30 days'
const DELETED_AT_ONCE = 5_000

/** Deletes what `rows` selects, which is limited by the given number, until nothing is left or another process has the task. */
export async function deleteInBatches(
  deleteSome: (limit: number) => Promise<number>,
  lease: AbortSignal,
  limit = DELETED_AT_ONCE,
): Promise<void> {
  for (;;) {
    lease.throwIfAborted()
    if ((await deleteSome(limit)) < limit) return
  }
}

/** Forgets events and deliveries from other databases that are past their time. */
export async function forgetOldEvents(database: Queryable, lease: AbortSignal): Promise<void> {
  const forget = (some: (limit: number) => Sql) => deleteInBatches((limit) => database.run(some(limit)), lease)
  await forget(
    (limit) => sql`
      delete from doran.events where id in (
        select id from doran.events where published_at < now() - ${EVENTS_KEPT}::interval order by published_at limit ${limit})`,
  )
  await forget(
    (limit) => sql`
      delete from doran.inbox where (event_id, handler) in (
        select event_id, handler from doran.inbox
        where received_at < now() - ${EVENTS_KEPT}::interval order by received_at limit ${limit})`,
  )
}
