import type { Handler } from '@doran/kernel'
import { getArticleFor } from '../articles.ts'
import type { article } from '../contract.ts'
import { unfavorite } from '../favorites.ts'
import { presentArticle } from '../present.ts'

export const unfavoriteArticle: Handler<typeof article, 'unfavoriteArticle'> = async ({ slug }, ctx) => {
  const found = await getArticleFor(ctx.db, slug, ctx.actor)
  return presentArticle(ctx, await unfavorite(ctx.db, found, ctx.actor.id))
}
