/** Queries for consistency checks of follows. They only read, by index, so they may run while the shop is open. */
import { type Queryable, sql } from '@doran/kernel'

/** Members who follow or are followed, in ascending order. */
export async function pageFollowing(db: Queryable, after: string, limit: number): Promise<string[]> {
  const rows = await db.all<{ id: string }>(sql`
    select id from (
      (select distinct follower_id as id from profile.follows where follower_id > ${after} order by 1 limit ${limit})
      union
      (select distinct followed_id as id from profile.follows where followed_id > ${after} order by 1 limit ${limit})
    ) as member order by id limit ${limit}`)
  return rows.map(({ id }) => id)
}

/** The subset of these members who follow somebody or are followed. */
export async function findFollowing(db: Queryable, ids: readonly string[]): Promise<string[]> {
  const rows = await db.all<{ id: string }>(sql`
    select id from unnest(${ids}::uuid[]) as member (id)
    where exists (select 1 from profile.follows where follower_id = id)
       or exists (select 1 from profile.follows where followed_id = id)`)
  return rows.map(({ id }) => id)
}
