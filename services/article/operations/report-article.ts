import type { Handler } from '@doran/kernel'
import { getArticleFor } from '../articles.ts'
import type { article } from '../contract.ts'
import { insertReport } from '../reports.ts'

export const reportArticle: Handler<typeof article, 'reportArticle'> = async ({ slug, ...report }, ctx) => {
  const { id } = await getArticleFor(ctx.db, slug, ctx.actor)
  await insertReport(ctx.db, id, ctx.actor.id, report)
}
