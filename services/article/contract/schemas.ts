import { Id, Line, type Static, Text, Timestamp, Type } from '@doran/kernel/contract'
import { Profile } from '@doran/profile/contract'

export const Title = Line(200)
export const Description = Text(500)
/** Markdown. It is kept as it was written; whoever shows it must clean it. */
export const Body = Text(100_000)
/** Room for the longest body, even from clients that write each of its characters as `\uXXXX`. */
export const ARTICLE_LIMIT_BYTES = 1_048_576

/**
 * In the author's order. Spaces around a tag are dropped, and so are empty tags, and tags that differ from an earlier one
 * in their capital letters at most.
 */
export const TagList = Type.Array(Type.String({ maxLength: 60, not: { pattern: '\\p{Cc}' } }), {
  maxItems: 20,
  errorMessage: { type: 'must be a list of tags', maxItems: 'has too many tags (maximum is 20)' },
})

/** An article in a list. */
export const ArticleSummary = Type.Object({
  /** Names the article in routes. Former slugs of an article still find it. */
  slug: Type.String(),
  title: Type.String(),
  description: Type.String(),
  tagList: Type.Array(Type.String()),
  createdAt: Timestamp,
  updatedAt: Timestamp,
  /** Whether it is a favourite of the reader. */
  favorited: Type.Boolean(),
  favoritesCount: Type.Integer(),
  author: Profile,
})
export type ArticleSummary = Static<typeof ArticleSummary>

/** Why moderators have hidden something; its author and moderators see it. */
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
  /** Over the whole filter, not only this page. */
  articlesCount: Type.Integer(),
})

export const BySlug = Type.Object({ slug: Type.String({ minLength: 1, maxLength: 200 }) })

export const Paging = {
  limit: Type.Integer({ minimum: 1, maximum: 500, default: 20 }),
  offset: Type.Integer({ minimum: 0, maximum: 2_147_483_647, default: 0 }),
}

export const ReportReason = Type.Enum(['spam', 'abuse', 'illegal', 'other'])

/** What a reader tells moderators. */
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

/** What a moderator decides. */
export const Verdict = Type.Object({
  /** Shown to the author; null lets everyone see it again. */
  hiddenBecause: Type.Union([Text(500), Type.Null()]),
})

export const ReportedArticle = Type.Object({
  slug: Type.String(),
  title: Type.String(),
  authorId: Id,
  hidden: Type.Union([Hidden, Type.Null()]),
  /** Those that no moderator has decided on. */
  reports: Type.Array(Report),
})
export type ReportedArticle = Static<typeof ReportedArticle>
