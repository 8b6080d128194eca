import type { Handler } from '@doran/kernel'
import { getArticleFor } from '../articles.ts'
import type { article } from '../contract.ts'
import { favorite } from '../favorites.ts'
import { presentArticle } from '../present.ts'

export const favoriteArticle: Handler<typeof article, 'favoriteArticle'> = async ({ slug }, ctx) => {
  const found = await getArticleFor(ctx.db, slug, ctx.actor)
  return presentArticle(ctx, await favorite(ctx.db, found, ctx.actor.id))
}
