/** Retention: old rows are deleted in small batches until none is left, so that housekeeping cannot fall behind. */
import type { Queryable } from '../database/database.ts'
import { type Sql, sql } from '../database/sql.ts'

/** How long the database keeps published events, and the inbox of events from other databases. */
const EVENT_RETENTION = '30 days'
const BATCH_ROWS = 5_000

/**
 * Repeats `deleteSome`, which deletes up to `limit` rows and returns how many, until nothing is left. Throws when the
 * lease is lost.
 */
export async function deleteInBatches(
  deleteSome: (limit: number) => Promise<number>,
  lease: AbortSignal,
  limit = BATCH_ROWS,
): Promise<void> {
  for (;;) {
    lease.throwIfAborted()
    if ((await deleteSome(limit)) < limit) return
  }
}

/** Deletes events and inbox entries that are older than {@link EVENT_RETENTION}. */
export async function forgetOldEvents(database: Queryable, lease: AbortSignal): Promise<void> {
  const forget = (some: (limit: number) => Sql) => deleteInBatches((limit) => database.run(some(limit)), lease)
  await forget(
    (limit) => sql`
      delete from doran.events where id in (
        select id from doran.events where published_at < now() - ${EVENT_RETENTION}::interval order by published_at limit ${limit})`,
  )
  await forget(
    (limit) => sql`
      delete from doran.inbox where (event_id, handler) in (
        select event_id, handler from doran.inbox
        where received_at < now() - ${EVENT_RETENTION}::interval order by received_at limit ${limit})`,
  )
}
