import { countWithinHour, type Handler } from '@doran/kernel'
import { insertArticle } from '../articles.ts'
import type { ArticleConfig } from '../config.ts'
import type { article } from '../contract.ts'
import { tooManyArticles } from '../errors.ts'
import { presentArticle } from '../present.ts'
import { tagsOf } from '../tags.ts'

export const createArticle: Handler<typeof article, 'createArticle', ArticleConfig> = async (input, ctx) => {
  const { title, description, body, tagList } = input
  const authorId = ctx.actor.id
  const limit = ctx.config.ARTICLES_PER_HOUR
  const row = await ctx.db.transaction(async (tx) => {
    const retryAfter = await countWithinHour(tx, { act: 'article.created', who: authorId, limit })
    if (retryAfter) throw tooManyArticles({ limit, retryAfter })
    return insertArticle(tx, { authorId, title, description, body, tags: tagsOf(tagList) })
  })
  return presentArticle(ctx, { ...row, favorited: false })
}
