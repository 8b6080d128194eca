import type { Handler } from '@doran/kernel'
import { getArticleFor, lockArticle, removeArticle } from '../articles.ts'
import type { article } from '../contract.ts'
import { notYourArticle } from '../errors.ts'

export const deleteArticle: Handler<typeof article, 'deleteArticle'> = async ({ slug }, ctx) => {
  const { id, authorId } = await getArticleFor(ctx.db, slug, ctx.actor)
  if (authorId !== ctx.actor.id) throw notYourArticle()
  await ctx.db.transaction(async (tx) => removeArticle(tx, await lockArticle(tx, id)))
}
