import { audited, type Handler } from '@doran/kernel'
import { lockComment, setHidden } from '../comments.ts'
import type { comment } from '../contract.ts'
import { closeReports, getReportedComment } from '../reports.ts'

export const moderateComment: Handler<typeof comment, 'moderateComment'> = async ({ id, hiddenBecause }, ctx) => {
  return ctx.db.transaction(async (tx) => {
    const before = await lockComment(tx, id)
    await setHidden(tx, before, hiddenBecause, ctx.actor.id)
    audited(ctx, {
      target: { articleId: before.articleId, authorId: before.authorId },
      before: { hiddenBecause: before.hiddenReason },
      after: { hiddenBecause },
    })
    await closeReports(tx, id)
    return getReportedComment(tx, id)
  })
}
