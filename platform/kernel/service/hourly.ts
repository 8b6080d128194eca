/** Rate limits per user and hour. */
import type { Transaction } from '../database/database.ts'
import { sql } from '../database/sql.ts'

/**
 * Counts an act, such as `article.created`, in the transaction that does it. Returns undefined, or, without counting,
 * the seconds until the limit allows another act. The hour begins with the first act.
 *
 * One statement counts and locks the user's row, so the limit holds for simultaneous acts, too. Deleting what an act
 * made does not lower the count.
 */
export async function countWithinHour(
  tx: Transaction,
  { act, who, limit }: { act: string; who: string; limit: number },
): Promise<number | undefined> {
  const counted = await tx.run(sql`
    insert into doran.hourly_counts as c (act, who, since, count) values (${act}, ${who}, now(), 1)
    on conflict (act, who) do update set
      since = case when c.since <= now() - interval '1 hour' then now() else c.since end,
      count = case when c.since <= now() - interval '1 hour' then 1 else c.count + 1 end
      where c.since <= now() - interval '1 hour' or c.count < ${limit}`)
  if (counted === 1) return undefined
  const { seconds } = await tx.one<{ seconds: number }>(sql`
    select greatest(1, ceil(extract(epoch from since + interval '1 hour' - now())))::integer as seconds
    from doran.hourly_counts where act = ${act} and who = ${who}`)
  return seconds
}
