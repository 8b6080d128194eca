import { type Handler, type Queryable, sql } from '@doran/kernel'
import type { article } from '../contract.ts'

export const listTags: Handler<typeof article, 'listTags'> = async (_, ctx) => {
  return { tags: await findTags(ctx.db) }
}

async function findTags(db: Queryable): Promise<string[]> {
  const rows = await db.all<{ tag: string }>(sql`
    with used as (
      (select tag, articles from article.tags where articles > 0 order by articles desc, tag limit 500)
      union
      (select tag, articles from article.tags where articles > 0 order by used_at desc, tag limit 100)
    )
    select tag from used order by articles desc, tag`)
  return rows.map(({ tag }) => tag)
}
