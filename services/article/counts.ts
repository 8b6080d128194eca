/**
 * How many articles are shown, by tag, author and in all. Whoever changes them holds the lock of the article; the counts
 * are then locked in one order for everyone, tags by name, authors, the total, so nobody waits in a circle.
 */
import { sql, type Transaction } from '@doran/kernel'

/** Counts an article in, or out with -1. */
export async function count(
  tx: Transaction,
  { id, authorId, tags }: { id: string; authorId: string; tags: readonly string[] },
  by: 1 | -1 = 1,
): Promise<void> {
  if (by === 1) await addTags(tx, id, tags)
  else await dropTags(tx, id, tags)
  await tx.run(sql`
    insert into article.authors as a (author_id, articles) values (${authorId}, ${by})
    on conflict (author_id) do update set articles = a.articles + excluded.articles`)
  await tx.run(sql`update article.total set articles = articles + ${by}`)
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
  await addTags(tx, id, added)
}

async function addTags(tx: Transaction, id: string, tags: readonly string[]): Promise<void> {
  if (tags.length === 0) return
  await tx.run(sql`
    insert into article.tags as t (tag, articles, used_at)
    select tag, 1, clock_timestamp() from unnest(${tags}::text[]) as added (tag) order by tag
    on conflict (tag) do update set articles = t.articles + 1, used_at = excluded.used_at`)
  await tx.run(sql`
    insert into article.tagged (tag, article_id) select tag, ${id} from unnest(${tags}::text[]) as added (tag)`)
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
