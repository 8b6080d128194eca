/**
 * Counters of visible articles: by tag, by author and in total. A change of them requires the lock of the article. All
 * transactions lock the counters in the same order, tags by name, then authors, then the total, to avoid deadlocks.
 */
import { sql, type Transaction } from '@doran/kernel'

export interface CountedArticle {
  id: string
  authorId: string
  tags: readonly string[]
}

/** Adds articles to the counters. */
export async function addToCounts(tx: Transaction, articles: readonly CountedArticle[]): Promise<void> {
  await addTags(tx, articles)
  await countAuthors(tx, articles, 1)
}

/** Removes an article from the counters. */
export async function removeFromCounts(tx: Transaction, article: CountedArticle): Promise<void> {
  await dropTags(tx, article.id, article.tags)
  await countAuthors(tx, [article], -1)
}

async function countAuthors(tx: Transaction, articles: readonly CountedArticle[], by: 1 | -1): Promise<void> {
  await tx.run(sql`
    insert into article.authors as a (author_id, articles)
    select author_id, ${by} * count(*) from unnest(${articles.map(({ authorId }) => authorId)}::uuid[]) as w (author_id)
    group by 1 order by 1
    on conflict (author_id) do update set articles = a.articles + excluded.articles`)
  await tx.run(sql`update article.total set articles = articles + ${by * articles.length}`)
}

/** Updates the counters of an article's added and removed tags. */
export async function updateTagCounts(
  tx: Transaction,
  id: string,
  before: readonly string[],
  after: readonly string[],
): Promise<void> {
  const gone = before.filter((tag) => !after.includes(tag))
  const added = after.filter((tag) => !before.includes(tag))
  // Locks all tags at once, in the common order, before the changes below lock some of them.
  await lockTags(tx, [...gone, ...added])
  await dropTags(tx, id, gone)
  await addTags(tx, [{ id, tags: added }])
}

async function addTags(tx: Transaction, articles: readonly Pick<CountedArticle, 'id' | 'tags'>[]): Promise<void> {
  const added = articles.flatMap(({ id, tags }) => tags.map((tag) => ({ id, tag })))
  if (added.length === 0) return
  const tags = added.map(({ tag }) => tag)
  await tx.run(sql`
    insert into article.tags as t (tag, articles, used_at)
    select tag, count(*), clock_timestamp() from unnest(${tags}::text[]) as added (tag) group by tag order by tag
    on conflict (tag) do update set articles = t.articles + excluded.articles, used_at = excluded.used_at`)
  await tx.run(sql`
    insert into article.tagged (tag, article_id)
    select * from unnest(${tags}::text[], ${added.map(({ id }) => id)}::uuid[])`)
}

async function dropTags(tx: Transaction, id: string, tags: readonly string[]): Promise<void> {
  if (tags.length === 0) return
  await lockTags(tx, tags)
  await tx.run(sql`update article.tags set articles = articles - 1 where tag = any(${tags}::text[])`)
  await tx.run(sql`delete from article.tagged where article_id = ${id} and tag = any(${tags}::text[])`)
}

/** Locks tags, and inserts missing ones first, so that concurrent transactions that add the same tag wait here, too. */
async function lockTags(tx: Transaction, tags: readonly string[]): Promise<void> {
  await tx.run(sql`
    insert into article.tags as t (tag, articles, used_at)
    select tag, 0, clock_timestamp() from unnest(${tags}::text[]) as locked (tag) order by tag
    on conflict (tag) do update set articles = t.articles`)
}
