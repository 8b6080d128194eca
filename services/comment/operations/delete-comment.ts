import { article } from '@doran/article/contract'
import type { Handler } from '@doran/kernel'
import { getComment, removeComment } from '../comments.ts'
import type { comment } from '../contract.ts'
import { notYourComment } from '../errors.ts'

export const deleteComment: Handler<typeof comment, 'deleteComment'> = async ({ slug, id }, ctx) => {
  const { articleId } = await ctx.client(article).resolveArticle({ slug })
  const found = await getComment(ctx.db, articleId, id, ctx.actor)
  if (found.authorId !== ctx.actor.id) throw notYourComment()
  await ctx.db.transaction((tx) => removeComment(tx, found))
}
