import { type Handler, type Queryable, sql } from '@doran/kernel'
import { insertArticle, tagsOf } from '../articles.ts'
import type { ArticleConfig } from '../config.ts'
import type { article } from '../contract.ts'
import { tooManyArticles } from '../errors.ts'
import { presentArticle } from '../present.ts'

export const createArticle: Handler<typeof article, 'createArticle', ArticleConfig> = async (input, ctx) => {
  const { title, description, body, tagList } = input
  const authorId = ctx.actor.id
  const limit = ctx.config.ARTICLES_PER_HOUR
  if ((await countLately(ctx.db, authorId)) >= limit) throw tooManyArticles({ limit, retryAfter: 600 })
  const row = await ctx.db.transaction((tx) =>
    insertArticle(tx, { authorId, title, description, body, tags: tagsOf(tagList) }),
  )
  return presentArticle(ctx, { ...row, favorited: false })
}

/** Within the last hour. */
async function countLately(db: Queryable, authorId: string): Promise<number> {
  const { count } = await db.one<{ count: number }>(sql`
    select count(*) as count from article.articles
    where author_id = ${authorId} and hidden_at is null and id > article.id_at(now() - interval '1 hour')`)
  return count
}
