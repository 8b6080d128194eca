/** Reads for consistency checks across services. */
import { type Queryable, sql } from '@doran/kernel'

/** The status of each of these users that exists. */
export async function readStatuses(db: Queryable, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await db.all<{ id: string; status: string }>(sql`
    select id, status from "user".profiles where id = any(${ids}::uuid[])`)
  return new Map(rows.map(({ id, status }) => [id, status]))
}
