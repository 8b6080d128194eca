import type { Handler } from '@doran/kernel'
import type { article } from '../contract.ts'
import { unfavorite } from '../favorites.ts'
import { presentArticle } from '../present.ts'

export const unfavoriteArticle: Handler<typeof article, 'unfavoriteArticle'> = async ({ slug }, ctx) => {
  return presentArticle(ctx, await unfavorite(ctx.db, slug, ctx.actor))
}
