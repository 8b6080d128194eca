/** Tags, stored as their authors write them and found without regard to case and Unicode composition. */
import { type Queryable, type Sql, sql } from '@doran/kernel'

/** The key that all spellings of a tag share. The index `tags_by_key` is on this expression. */
export function keyOf(tag: Sql): Sql {
  return sql`lower(normalize(${tag}, nfc) collate "und-x-icu")`
}

/** Trims tags and drops empty and repeated ones; keeps the author's order. */
export function tagsOf(tagList: readonly string[] = []): string[] {
  const byKey = new Map<string, string>()
  for (const one of tagList) {
    const tag = one.normalize('NFC').trim()
    const key = tag.toLowerCase()
    if (tag !== '' && !byKey.has(key)) byKey.set(key, tag)
  }
  return [...byKey.values()]
}

/** The most used and the most recently used tags, each in its most used spelling. */
export async function findTags(db: Queryable): Promise<string[]> {
  const rows = await db.all<{ tag: string }>(sql`
    with used as (
      (select tag, articles from article.tags where articles > 0 order by articles desc, tag limit 500)
      union
      (select tag, articles from article.tags where articles > 0 order by used_at desc, tag limit 100)
    )
    select (array_agg(tag order by articles desc, tag))[1] as tag
    from used group by ${keyOf(sql`tag`)} order by sum(articles) desc, 1`)
  return rows.map(({ tag }) => tag)
}
