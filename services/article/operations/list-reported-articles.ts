import { audited, type Handler } from '@doran/kernel'
import type { article } from '../contract.ts'
import { findReportedArticles } from '../reports.ts'

export const listReportedArticles: Handler<typeof article, 'listReportedArticles'> = async (input, ctx) => {
  const { state, cursor, limit } = input
  audited(ctx, { target: { state } })
  return findReportedArticles(ctx.db, { state, cursor, limit })
}
