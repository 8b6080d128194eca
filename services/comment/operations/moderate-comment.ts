import type { Handler } from '@doran/kernel'
import { lockComment, setHidden } from '../comments.ts'
import type { comment } from '../contract.ts'
import { closeReports, getReportedComment } from '../reports.ts'

export const moderateComment: Handler<typeof comment, 'moderateComment'> = async ({ id, hiddenBecause }, ctx) => {
  return ctx.db.transaction(async (tx) => {
    await setHidden(tx, await lockComment(tx, id), hiddenBecause, ctx.actor.id)
    await closeReports(tx, id)
    return getReportedComment(tx, id)
  })
}
