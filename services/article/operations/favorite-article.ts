import type { Handler } from '@doran/kernel'
import type { article } from '../contract.ts'
import { favorite } from '../favorites.ts'
import { presentArticle } from '../present.ts'

export const favoriteArticle: Handler<typeof article, 'favoriteArticle'> = async ({ slug }, ctx) => {
  return presentArticle(ctx, await favorite(ctx.db, slug, ctx.actor))
}
