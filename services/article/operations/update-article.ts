import type { Handler } from '@doran/kernel'
import { changeArticle, getArticleFor, lockArticle } from '../articles.ts'
import type { article } from '../contract.ts'
import { notYourArticle } from '../errors.ts'
import { presentArticle } from '../present.ts'
import { tagsOf } from '../tags.ts'

export const updateArticle: Handler<typeof article, 'updateArticle'> = async (input, ctx) => {
  const { slug, title, description, body, tagList } = input
  const { id, authorId, favorited } = await getArticleFor(ctx.db, slug, ctx.actor)
  if (authorId !== ctx.actor.id) throw notYourArticle()
  const row = await ctx.db.transaction(async (tx) => {
    const before = await lockArticle(tx, id)
    return changeArticle(tx, before, { title, description, body, tags: tagList && tagsOf(tagList) })
  })
  return presentArticle(ctx, { ...row, favorited })
}
