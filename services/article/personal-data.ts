/** Export and erasure of a member's personal data. */
import { type Queryable, sql, type Transaction } from '@doran/kernel'

export async function exportArticlesOf(db: Queryable, userId: string): Promise<Record<string, unknown>> {
  const articles = await db.all(sql`
    select slug, title, description, tags, created_at as "createdAt", updated_at as "updatedAt", body
    from article.articles a join article.bodies b on b.article_id = a.id where author_id = ${userId} order by id`)
  const favorites = await db.all(sql`
    select a.slug, a.title from article.favorites f join article.articles a on a.id = f.article_id
    where f.user_id = ${userId} order by a.id`)
  const reports = await db.all(sql`
    select article_id as "articleId", reason, note, reported_at as "reportedAt" from article.reports
    where reporter_id = ${userId} order by reported_at`)
  return { articles, favorites, reports }
}

/** Erases favourites and notes to moderators. Articles stay, under an anonymous name. */
export async function erasePersonalData(tx: Transaction, userId: string): Promise<void> {
  await tx.run(sql`
    with gone as (delete from article.favorites where user_id = ${userId} returning article_id)
    update article.articles a set favorites = a.favorites - 1 from gone where a.id = gone.article_id`)
  await tx.run(sql`update article.reports set note = '' where reporter_id = ${userId} and note <> ''`)
}
