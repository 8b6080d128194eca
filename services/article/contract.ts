/** The public contract of articles. */
export {
  articleDeleted,
  articleFavorited,
  articleHidden,
  articlePublished,
  articleShown,
  articleUnfavorited,
  articleUpdated,
} from './contract/events.ts'
export { article } from './contract/operations.ts'
export {
  Article,
  ArticleSummary,
  BySlug,
  Hidden,
  NewReport,
  Report,
  ReportedArticle,
  ReportReason,
  Title,
  Verdict,
} from './contract/schemas.ts'
