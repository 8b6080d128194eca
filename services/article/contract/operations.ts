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
      /** Compared without regard to case. */
      tag: Type.Optional(Type.String({ maxLength: 60 })),
      /** The author's name. */
      author: Type.Optional(Type.String({ maxLength: 200 })),
      /** The name of a member: only their favourites. */
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
  /** Throws `article_not_found`, like every operation on one article. */
  getArticle: get('/articles/:slug', {
    summary: 'An article (RealWorld)',
    path: BySlug,
    reply: OneArticle,
    access: 'anyone',
  }),
  /** Throws `too_many_articles` after ARTICLES_PER_HOUR articles within an hour. */
  createArticle: post('/articles', {
    summary: 'Publish an article (RealWorld)',
    envelope: 'article',
    body: Type.Object({ title: Title, description: Description, body: Body, tagList: Type.Optional(TagList) }),
    bodyLimit: ARTICLE_LIMIT_BYTES,
    reply: OneArticle,
    status: 201,
    access: 'user',
  }),
  /** Omitted fields stay as they are. A new title changes the slug. Throws `not_your_article`. */
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
  /** Throws `not_your_article`. */
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
  /** The 500 most used tags and the 100 most recently used ones, the most used first. */
  listTags: get('/tags', {
    summary: 'Tags of articles (RealWorld)',
    reply: Type.Object({ tags: Type.Array(Type.String()) }),
    access: 'anyone',
  }),
  /** A second report by the same reader replaces the first. */
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
  /** Closes the article's open reports. */
  moderateArticle: put('/moderation/articles/:slug', {
    summary: 'Hide an article, or show it again',
    path: BySlug,
    body: Verdict,
    reply: ReportedArticle,
    access: ['admin'],
    idempotent: true,
  }),
  /** Throws `article_not_found`, also if the article is hidden from the actor of the call. */
  resolveArticle: get('/articles/internal/:slug', {
    summary: 'Which article a slug stands for',
    path: BySlug,
    reply: Type.Object({ articleId: Id, authorId: Id, slug: Type.String(), title: Type.String() }),
    access: 'internal',
  }),
  /** For the seed and benchmarks. Skips existing slugs and publishes nothing. */
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
  /** For the seed and benchmarks. Skips existing pairs and publishes nothing. */
  loadFavorites: post('/articles/internal/favorites', {
    summary: 'Many favourites at once',
    body: Type.Object({
      favorites: Type.Array(Type.Object({ userId: Id, articleId: Id }), { maxItems: 10_000 }),
    }),
    access: 'internal',
    idempotent: true,
  }),
})
