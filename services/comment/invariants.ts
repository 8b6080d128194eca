/** What must hold of comments, for whoever checks it: reads only, and by index, so that it may run beside readers. */
import { type Queryable, sql } from '@doran/kernel'

/** Articles that were commented on, in ascending order. */
export async function pageThreads(db: Queryable, after: string, limit: number): Promise<string[]> {
  const rows = await db.all<{ id: string }>(sql`
    select article_id as id from comment.threads where article_id > ${after} order by article_id limit ${limit}`)
  return rows.map(({ id }) => id)
}

/** A thread says whether its article is gone, and how many comments it has. */
export function readThreads(
  db: Queryable,
  articleIds: readonly string[],
): Promise<{ articleId: string; closed: boolean; comments: number }[]> {
  return db.all(sql`
    select t.article_id as "articleId", t.closed, count(c.id) as comments
    from comment.threads t left join comment.comments c using (article_id)
    where t.article_id = any(${articleIds}::uuid[]) group by t.article_id`)
}
