import { article } from '@doran/article/contract'
import type { Handler } from '@doran/kernel'
import { countLately, insertComment } from '../comments.ts'
import type { CommentConfig } from '../config.ts'
import type { Comment, comment } from '../contract.ts'
import { tooManyComments } from '../errors.ts'
import { presentComments } from '../present.ts'

export const addComment: Handler<typeof comment, 'addComment', CommentConfig> = async ({ slug, body }, ctx) => {
  const commented = await ctx.client(article).resolveArticle({ slug })
  const authorId = ctx.actor.id
  const limit = ctx.config.COMMENTS_PER_HOUR
  if ((await countLately(ctx.db, authorId)) >= limit) throw tooManyComments({ limit, retryAfter: 600 })
  const row = await ctx.db.transaction((tx) => insertComment(tx, commented, { authorId, body }))
  const [presented] = await presentComments(ctx, [row])
  return { comment: presented as Comment }
}
