/** Export and erasure of a member's personal data. */
import { type Queryable, sql, type Transaction } from '@doran/kernel'

export async function exportCommentsOf(db: Queryable, userId: string): Promise<Record<string, unknown>> {
  const comments = await db.all(sql`
    select article_id as "articleId", body, created_at as "createdAt" from comment.comments
    where author_id = ${userId} order by id`)
  const reports = await db.all(sql`
    select comment_id as "commentId", reason, note, reported_at as "reportedAt" from comment.reports
    where reporter_id = ${userId} order by reported_at`)
  return { comments, reports }
}

/** Erases notes to moderators. Comments stay, under an anonymous name. */
export async function erasePersonalData(tx: Transaction, userId: string): Promise<void> {
  await tx.run(sql`update comment.reports set note = '' where reporter_id = ${userId} and note <> ''`)
}
