import { article } from '@doran/article/contract'
import { countWithinHour, type Handler } from '@doran/kernel'
import { insertComment } from '../comments.ts'
import type { CommentConfig } from '../config.ts'
import type { Comment, comment } from '../contract.ts'
import { tooManyComments } from '../errors.ts'
import { presentComments } from '../present.ts'

export const addComment: Handler<typeof comment, 'addComment', CommentConfig> = async ({ slug, body }, ctx) => {
  const commented = await ctx.client(article).resolveArticle({ slug })
  const authorId = ctx.actor.id
  const limit = ctx.config.COMMENTS_PER_HOUR
  const row = await ctx.db.transaction(async (tx) => {
    const retryAfter = await countWithinHour(tx, { act: 'comment.added', who: authorId, limit })
    if (retryAfter) throw tooManyComments({ limit, retryAfter })
    return insertComment(tx, commented, { authorId, body })
  })
  const [presented] = await presentComments(ctx, [row])
  return { comment: presented as Comment }
}
