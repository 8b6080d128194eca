import { audited, type Handler } from '@doran/kernel'
import { getArticleFor, lockArticle, setHidden } from '../articles.ts'
import type { article } from '../contract.ts'
import { closeReports, getReportedArticle } from '../reports.ts'

export const moderateArticle: Handler<typeof article, 'moderateArticle'> = async ({ slug, hiddenBecause }, ctx) => {
  const { id } = await getArticleFor(ctx.db, slug, ctx.actor)
  return ctx.db.transaction(async (tx) => {
    const before = await lockArticle(tx, id)
    await setHidden(tx, before, hiddenBecause, ctx.actor.id)
    audited(ctx, {
      target: { articleId: id, authorId: before.authorId },
      before: { hiddenBecause: before.hiddenReason },
      after: { hiddenBecause },
    })
    await closeReports(tx, id)
    return getReportedArticle(tx, id)
  })
}
