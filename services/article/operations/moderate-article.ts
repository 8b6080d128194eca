import type { Handler } from '@doran/kernel'
import { getArticleFor, lockArticle, setHidden } from '../articles.ts'
import type { article } from '../contract.ts'
import { closeReports, getReportedArticle } from '../reports.ts'

export const moderateArticle: Handler<typeof article, 'moderateArticle'> = async ({ slug, hiddenBecause }, ctx) => {
  const { id } = await getArticleFor(ctx.db, slug, ctx.actor)
  return ctx.db.transaction(async (tx) => {
    await setHidden(tx, await lockArticle(tx, id), hiddenBecause, ctx.actor.id)
    await closeReports(tx, id)
    return getReportedArticle(tx, id)
  })
}
