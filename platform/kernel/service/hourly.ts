/** What somebody may do so often within an hour. */
import type { Transaction } from '../database/database.ts'
import { sql } from '../database/sql.ts'

/**
 * Counts an act, such as `article.created`, in the transaction that does it. It is counted by one statement, which others
 * by the same person wait for, so the limit holds however many come at once; and it stays counted when what was made is
 * deleted. Answers nothing, or the seconds until there is room again; then nothing was counted. The hour begins with the first act.
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
