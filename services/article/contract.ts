import {
  Cursor,
  contract,
  del,
  event,
  get,
  Id,
  Line,
  PageSize,
  page,
  post,
  put,
  type Static,
  Text,
  Timestamp,
  Type,
} from '@doran/kernel'
import { Profile } from '@doran/profile/contract'
import { personalData } from '@doran/user/contract'

export const Title = Line(200)
const Description = Text(500)
/** Markdown. It is kept as it was written; whoever shows it must clean it. */
const Body = Text(100_000)
/** Room for the longest body, even from clients that write each of its characters as `\uXXXX`. */
const ARTICLE_LIMIT_BYTES = 1_048_576

/**
 * In the author's order. Spaces around a tag are dropped, and so are empty tags, and tags that differ from an earlier one
 * in their capital letters at most.
 */
const TagList = Type.Array(Type.String({ maxLength: 60, not: { pattern: '\\p{Cc}' } }), {
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

const OneArticle = Type.Object({ article: Article })
const ManyArticles = Type.Object({
  articles: Type.Array(ArticleSummary),
  /** Over the whole filter, not only this page. */
  articlesCount: Type.Integer(),
})

export const BySlug = Type.Object({ slug: Type.String({ minLength: 1, maxLength: 200 }) })

const Paging = {
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

export const article = contract('article', {
  ...personalData,
  listArticles: get('/articles', {
    summary: 'Articles, newest first (RealWorld)',
    query: Type.Object({
      /** Capital letters make no difference. */
      tag: Type.Optional(Type.String({ maxLength: 60 })),
      /** Name of the author. */
      author: Type.Optional(Type.String({ maxLength: 200 })),
      /** Name of a member whose favourites they are. */
      favorited: Type.Optional(Type.String({ maxLength: 200 })),
      ...Paging,
    }),
    reply: ManyArticles,
    access: 'anyone',
  }),
  feedArticles: get('/articles/feed', {
    summary: 'Articles of those whom you follow, newest first (RealWorld)',
    query: Type.Object(Paging),
    reply: ManyArticles,
    access: 'user',
  }),
  /** Refused with `article_not_found`, like every operation on one article. */
  getArticle: get('/articles/:slug', {
    summary: 'An article (RealWorld)',
    path: BySlug,
    reply: OneArticle,
    access: 'anyone',
  }),
  /** Refused with `too_many_articles` after so many in an hour as ARTICLES_PER_HOUR says. */
  createArticle: post('/articles', {
    summary: 'Publish an article (RealWorld)',
    envelope: 'article',
    body: Type.Object({ title: Title, description: Description, body: Body, tagList: Type.Optional(TagList) }),
    bodyLimit: ARTICLE_LIMIT_BYTES,
    reply: OneArticle,
    status: 201,
    access: 'user',
  }),
  /** What is left out stays as it is; a new title brings a new slug. Refused with `not_your_article`. */
  updateArticle: put('/articles/:slug', {
    summary: 'Change your article (RealWorld)',
    path: BySlug,
    envelope: 'article',
    body: Type.Object({
      title: Type.Optional(Title),
      description: Type.Optional(Description),
      body: Type.Optional(Body),
      tagList: Type.Optional(TagList),
    }),
    bodyLimit: ARTICLE_LIMIT_BYTES,
    reply: OneArticle,
    access: 'user',
  }),
  /** Refused with `not_your_article`. */
  deleteArticle: del('/articles/:slug', {
    summary: 'Delete your article (RealWorld)',
    path: BySlug,
    access: 'user',
  }),
  favoriteArticle: post('/articles/:slug/favorite', {
    summary: 'Make an article a favourite (RealWorld)',
    path: BySlug,
    reply: OneArticle,
    access: 'user',
    idempotent: true,
  }),
  unfavoriteArticle: del('/articles/:slug/favorite', {
    summary: 'Make an article no longer a favourite (RealWorld)',
    path: BySlug,
    reply: OneArticle,
    access: 'user',
    idempotent: true,
  }),
  /** The 500 most used ones, then the others of the 100 that were used last. */
  listTags: get('/tags', {
    summary: 'Tags of articles (RealWorld)',
    reply: Type.Object({ tags: Type.Array(Type.String()) }),
    access: 'anyone',
  }),
  /** A second report of the same reader replaces the first. */
  reportArticle: post('/articles/:slug/reports', {
    summary: 'Tell the moderators of an article',
    path: BySlug,
    body: NewReport,
    access: 'user',
    idempotent: true,
  }),
  listReportedArticles: get('/moderation/articles', {
    summary: 'Articles with open reports, or hidden ones, newest first',
    query: Type.Object({
      state: Type.Enum(['reported', 'hidden'], { default: 'reported' }),
      cursor: Cursor,
      limit: PageSize,
    }),
    reply: page(ReportedArticle),
    access: ['admin'],
  }),
  /** Closes its open reports. */
  moderateArticle: put('/moderation/articles/:slug', {
    summary: 'Hide an article, or show it again',
    path: BySlug,
    body: Verdict,
    reply: ReportedArticle,
    access: ['admin'],
    idempotent: true,
  }),
  /** Refused with `article_not_found` also when it is hidden from the one on whose behalf it is called. */
  resolveArticle: get('/articles/internal/:slug', {
    summary: 'Which article a slug stands for',
    path: BySlug,
    reply: Type.Object({ articleId: Id, authorId: Id, slug: Type.String(), title: Type.String() }),
    access: 'internal',
  }),
  /** For the seed and measurements. Slugs that are there already are left alone; nothing is published. */
  loadArticles: post('/articles/internal', {
    summary: 'Many articles at once',
    body: Type.Object({
      articles: Type.Array(
        Type.Object({
          slug: Type.String({ minLength: 1, maxLength: 200 }),
          authorId: Id,
          title: Title,
          description: Description,
          body: Body,
          tagList: TagList,
          createdAt: Timestamp,
        }),
        { maxItems: 1_000 },
      ),
    }),
    /** In the order of the input. */
    reply: Type.Object({ articleIds: Type.Array(Id) }),
    access: 'internal',
    idempotent: true,
    bodyLimit: 64 * 1_048_576,
  }),
  /** For the seed and measurements. Pairs that are there already are left alone; nothing is published. */
  loadFavorites: post('/articles/internal/favorites', {
    summary: 'Many favourites at once',
    body: Type.Object({
      favorites: Type.Array(Type.Object({ userId: Id, articleId: Id }), { maxItems: 10_000 }),
    }),
    access: 'internal',
    idempotent: true,
  }),
})

const version = Type.Integer({ minimum: 1 })

/** All that search needs. */
const Content = {
  articleId: Id,
  version,
  slug: Type.String(),
  authorId: Id,
  title: Type.String(),
  description: Type.String(),
  body: Type.String(),
  tagList: Type.Array(Type.String()),
  createdAt: Timestamp,
  updatedAt: Timestamp,
}

export const articlePublished = event('article.published', Type.Object(Content))
/** The article after the change, hidden or not. */
export const articleUpdated = event('article.updated', Type.Object(Content))
export const articleDeleted = event('article.deleted', Type.Object({ articleId: Id, version, authorId: Id }))

const Moderated = { articleId: Id, version, slug: Type.String(), authorId: Id, moderatorId: Id }
export const articleHidden = event('article.hidden', Type.Object({ ...Moderated, reason: Type.String() }))
export const articleShown = event('article.shown', Type.Object(Moderated))

const Favorite = Type.Object({
  articleId: Id,
  authorId: Id,
  userId: Id,
  /** Of two changes of one pair the later one has the higher version. */
  version,
})
export const articleFavorited = event('article.favorited', Favorite)
export const articleUnfavorited = event('article.unfavorited', Favorite)
