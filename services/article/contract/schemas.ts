import { Id, Line, Nullable, type Static, Text, Timestamp, Type } from '@doran/kernel/contract'
import { Profile } from '@doran/profile/contract'

export const Title = Line(200)
export const Description = Text(500)
/** Markdown, stored as entered. The client that shows it must sanitise it. */
export const Body = Text(100_000)
/** Large enough for the longest body, even from clients that escape each character as `\uXXXX`. */
export const ARTICLE_LIMIT_BYTES = 1_048_576

/**
 * Tags in the author's order. Doran trims them and drops empty ones and those that equal an earlier one without regard
 * to case.
 */
export const TagList = Type.Array(Type.String({ maxLength: 60, not: { pattern: '\\p{Cc}' } }), {
  maxItems: 20,
  errorMessage: { type: 'must be a list of tags', maxItems: 'has too many tags (maximum is 20)' },
})

/** An article in a list. */
export const ArticleSummary = Type.Object({
  /** Identifies the article in routes. Its former slugs still lead to it. */
  slug: Type.String(),
  title: Type.String(),
  description: Type.String(),
  tagList: Type.Array(Type.String()),
  createdAt: Timestamp,
  updatedAt: Timestamp,
  /** Whether the article is a favourite of the reader. */
  favorited: Type.Boolean(),
  favoritesCount: Type.Integer(),
  author: Profile,
})
export type ArticleSummary = Static<typeof ArticleSummary>

/** Why a moderator has hidden the content. Only its author and moderators see it. */
export const Hidden = Type.Object({ at: Timestamp, reason: Type.String() })
export type Hidden = Static<typeof Hidden>

export const Article = Type.Object({
  ...ArticleSummary.properties,
  body: Type.String(),
  hidden: Type.Optional(Hidden),
})
export type Article = Static<typeof Article>

export const OneArticle = Type.Object({ article: Article })
export const ManyArticles = Type.Object({
  articles: Type.Array(ArticleSummary),
  /** The number of all articles that match the filter, not only those of this page. */
  articlesCount: Type.Integer(),
})

export const BySlug = Type.Object({ slug: Type.String({ minLength: 1, maxLength: 200 }) })

export const Paging = {
  limit: Type.Integer({ minimum: 1, maximum: 500, default: 20 }),
  offset: Type.Integer({ minimum: 0, maximum: 2_147_483_647, default: 0 }),
}

export const ReportReason = Type.Enum(['spam', 'abuse', 'illegal', 'other'])

/** A reader's report to the moderators. */
export const NewReport = Type.Object({
  reason: ReportReason,
  note: Type.String({ maxLength: 500, default: '' }),
})

export const Report = Type.Object({
  reporterId: Id,
  reason: ReportReason,
  note: Type.String(),
  reportedAt: Timestamp,
})

/** A moderator's decision. */
export const Verdict = Type.Object({
  /** The reason, shown to the author; null shows the content to everyone again. */
  hiddenBecause: Nullable(Text(500)),
})

export const ReportedArticle = Type.Object({
  slug: Type.String(),
  title: Type.String(),
  authorId: Id,
  hidden: Nullable(Hidden),
  /** The open reports. */
  reports: Type.Array(Report),
})
export type ReportedArticle = Static<typeof ReportedArticle>
