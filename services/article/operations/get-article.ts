import type { Handler } from '@doran/kernel'
import { getArticleFor } from '../articles.ts'
import type { article } from '../contract.ts'
import { presentArticle } from '../present.ts'

export const getArticle: Handler<typeof article, 'getArticle'> = async ({ slug }, ctx) => {
  return presentArticle(ctx, await getArticleFor(ctx.db, slug, ctx.actor))
}
