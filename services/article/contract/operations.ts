import { Cursor, contract, del, get, Id, PageSize, page, post, put, Timestamp, Type } from '@doran/kernel/contract'
import { personalData } from '@doran/user/contract'
import {
  ARTICLE_LIMIT_BYTES,
  Body,
  BySlug,
  Description,
  ManyArticles,
  NewReport,
  OneArticle,
  Paging,
  ReportedArticle,
  TagList,
  Title,
  Verdict,
} from './schemas.ts'

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
