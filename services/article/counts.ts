/**
 * How many articles are shown, by tag, author and in all. Whoever changes them holds the lock of the article; the counts
 * are then locked in one order for everyone, tags by name, authors, the total, so nobody waits in a circle.
 */
import { sql, type Transaction } from '@doran/kernel'

export interface Counted {
  id: string
  authorId: string
  tags: readonly string[]
}

/** Counts articles in. */
export async function countIn(tx: Transaction, articles: readonly Counted[]): Promise<void> {
  await addTags(tx, articles)
  await countAuthors(tx, articles, 1)
}

/** Counts an article out. */
export async function countOut(tx: Transaction, article: Counted): Promise<void> {
  await dropTags(tx, article.id, article.tags)
  await countAuthors(tx, [article], -1)
}

async function countAuthors(tx: Transaction, articles: readonly Counted[], by: 1 | -1): Promise<void> {
  await tx.run(sql`
    insert into article.authors as a (author_id, articles)
    select author_id, ${by} * count(*) from unnest(${articles.map(({ authorId }) => authorId)}::uuid[]) as w (author_id)
    group by 1 order by 1
    on conflict (author_id) do update set articles = a.articles + excluded.articles`)
  await tx.run(sql`update article.total set articles = articles + ${by * articles.length}`)
}

/** Counts the article in where a tag is new, and out where one is gone. */
export async function recount(
  tx: Transaction,
  id: string,
  before: readonly string[],
  after: readonly string[],
): Promise<void> {
  const gone = before.filter((tag) => !after.includes(tag))
  const added = after.filter((tag) => !before.includes(tag))
  // Locked first in the order that all keep.
  await lockTags(tx, [...gone, ...added])
  await dropTags(tx, id, gone)
  await addTags(tx, [{ id, tags: added }])
}

async function addTags(tx: Transaction, articles: readonly Pick<Counted, 'id' | 'tags'>[]): Promise<void> {
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

/** Also tags that are not there yet, so that two who add them wait for one another here. */
async function lockTags(tx: Transaction, tags: readonly string[]): Promise<void> {
  await tx.run(sql`
    insert into article.tags as t (tag, articles, used_at)
    select tag, 0, clock_timestamp() from unnest(${tags}::text[]) as locked (tag) order by tag
    on conflict (tag) do update set articles = t.articles`)
}
