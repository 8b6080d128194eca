import { audited, type Handler } from '@doran/kernel'
import type { comment } from '../contract.ts'
import { findReportedComments } from '../reports.ts'

export const listReportedComments: Handler<typeof comment, 'listReportedComments'> = async (input, ctx) => {
  const { state, cursor, limit } = input
  audited(ctx, { target: { state } })
  return findReportedComments(ctx.db, { state, cursor, limit })
}
