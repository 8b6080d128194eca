import { article } from '@doran/article/contract'
import type { Handler } from '@doran/kernel'
import { findComments } from '../comments.ts'
import type { comment } from '../contract.ts'
import { presentComments } from '../present.ts'

export const listComments: Handler<typeof comment, 'listComments'> = async ({ slug, before, limit }, ctx) => {
  const { articleId } = await ctx.client(article).resolveArticle({ slug })
  const rows = await findComments(ctx.db, { articleId, reader: ctx.actor, before, limit })
  return { comments: await presentComments(ctx, rows) }
}
