import type { Handler } from '@doran/kernel'
import { getArticleFor } from '../articles.ts'
import type { article } from '../contract.ts'

export const resolveArticle: Handler<typeof article, 'resolveArticle'> = async (input, ctx) => {
  const { id: articleId, authorId, slug, title } = await getArticleFor(ctx.db, input.slug, ctx.actor)
  return { articleId, authorId, slug, title }
}
