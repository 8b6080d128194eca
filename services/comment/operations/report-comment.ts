import { article } from '@doran/article/contract'
import type { Handler } from '@doran/kernel'
import { getComment } from '../comments.ts'
import type { comment } from '../contract.ts'
import { insertReport } from '../reports.ts'

export const reportComment: Handler<typeof comment, 'reportComment'> = async ({ slug, id, ...report }, ctx) => {
  const { articleId } = await ctx.client(article).resolveArticle({ slug })
  await getComment(ctx.db, articleId, id, ctx.actor)
  await insertReport(ctx.db, id, ctx.actor.id, report)
}
