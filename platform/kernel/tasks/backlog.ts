/** The backlog of tasks, for metrics. The cost of counting does not grow with the backlog. */
import type { Queryable } from '../database/database.ts'
import { sql } from '../database/sql.ts'
import type { Lane } from './tasks.ts'

/** Counting stops here: beyond it the exact number does not matter, and a scrape must not read all rows. */
export const COUNTED_AT_MOST = 10_000

export interface Backlog {
  service: string
  lane: Lane
  /** Due tasks; at most {@link COUNTED_AT_MOST} of each handler are counted. */
  due: number
  /** Dead tasks; at most {@link COUNTED_AT_MOST} in all are counted. */
  dead: number
  /** Seconds since the oldest due task became due. */
  lag: number
}

/**
 * Counts the tasks of each service and lane. An event on its way to another database counts for its publisher. Services
 * in `names` that have no tasks appear with zeros. The statement looks up each handler separately in the index: its
 * oldest task, and a bounded count.
 */
export function countTasks(database: Queryable, names: readonly string[]): Promise<Backlog[]> {
  return database.all<Backlog>(sql`
    with recursive handlers (handler) as (
      (select handler collate "C" from doran.tasks where state = 'ready' order by handler collate "C" limit 1)
      union all
      select (select t.handler collate "C" from doran.tasks t
              where t.state = 'ready' and t.handler collate "C" > h.handler order by t.handler collate "C" limit 1)
      from handlers h where h.handler is not null
    ), waiting as (
      select h.handler, counted.due, 0 as dead, greatest(0, extract(epoch from now() - oldest.run_at))::float8 as lag
      from handlers h
      cross join lateral (
        select min(run_at) as run_at from doran.tasks t where t.handler collate "C" = h.handler and t.state = 'ready'
      ) oldest
      cross join lateral (
        select count(*) as due from (
          select from doran.tasks t
          where t.handler collate "C" = h.handler and t.state = 'ready' and t.run_at <= now() limit ${COUNTED_AT_MOST}
        ) bounded
      ) counted
      where h.handler is not null
    ), dead as (
      select handler, 0 as due, count(*) as dead, 0 as lag
      from (select handler from doran.tasks where state = 'dead' limit ${COUNTED_AT_MOST}) bounded group by handler
    ), counted as (
      select substring(t.handler from '^(?:relay/.*:)?(\\w+)') as service,
             case when t.handler like '%/saga:%' then 'urgent'
                  when t.handler like '%/job:%' then 'jobs'
                  else coalesce((select s.lane from doran.subscriptions s where s.handler = t.handler limit 1), 'events')
             end as lane, due, dead, lag
      from (select * from waiting union all select * from dead) as t
      union all
      select name, lane, 0, 0, 0
      from unnest(${names}::text[]) as hosted (name), unnest(array['urgent', 'events', 'bulk', 'jobs']) as lanes (lane)
    )
    select service, lane, sum(due)::bigint as due, sum(dead)::bigint as dead, max(lag) as lag
    from counted group by service, lane`)
}
