/** Queries for consistency checks of comments. They only read, by index, so they may run while the shop is open. */
import { type Queryable, sql } from '@doran/kernel'

/** Ids of articles that have a thread, in ascending order. */
export async function pageThreads(db: Queryable, after: string, limit: number): Promise<string[]> {
  const rows = await db.all<{ id: string }>(sql`
    select article_id as id from comment.threads where article_id > ${after} order by article_id limit ${limit}`)
  return rows.map(({ id }) => id)
}

/** Whether each thread is closed, which means that its article was deleted, and how many comments it has. */
export function readThreads(
  db: Queryable,
  articleIds: readonly string[],
): Promise<{ articleId: string; closed: boolean; comments: number }[]> {
  return db.all(sql`
    select t.article_id as "articleId", t.closed, count(c.id) as comments
    from comment.threads t left join comment.comments c using (article_id)
    where t.article_id = any(${articleIds}::uuid[]) group by t.article_id`)
}
