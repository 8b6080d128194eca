/** Tags are kept as their authors write them. Capital letters and the composition of accents make no difference in finding them. */
import { type Queryable, type Sql, sql } from '@doran/kernel'

/** The same for tags that are the same to a reader; the index `tags_by_key` is over it. */
export function keyOf(tag: Sql): Sql {
  return sql`lower(normalize(${tag}, nfc) collate "und-x-icu")`
}

/** In the author's order, each once, without spaces around them. */
export function tagsOf(tagList: readonly string[] = []): string[] {
  const byKey = new Map<string, string>()
  for (const one of tagList) {
    const tag = one.normalize('NFC').trim()
    const key = tag.toLowerCase()
    if (tag !== '' && !byKey.has(key)) byKey.set(key, tag)
  }
  return [...byKey.values()]
}

/** The most frequent tags and those used last, each in the form that most articles have. */
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
