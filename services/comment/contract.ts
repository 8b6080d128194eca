import { BySlug, Hidden, NewReport, Report, Verdict } from '@doran/article/contract'
import {
  Cursor,
  contract,
  del,
  event,
  get,
  Id,
  PageSize,
  page,
  post,
  put,
  type Static,
  Text,
  Timestamp,
  Type,
} from '@doran/kernel/contract'
import { Profile } from '@doran/profile/contract'
import { personalData } from '@doran/user/contract'

/** Room for the longest comment, even from clients that write each of its characters as `\uXXXX`. */
const COMMENT_LIMIT_BYTES = 131_072

/** The protocol has numbers. */
const CommentId = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })

export const Comment = Type.Object({
  id: CommentId,
  createdAt: Timestamp,
  updatedAt: Timestamp,
  /** Markdown. It is kept as it was written; whoever shows it must clean it. */
  body: Type.String(),
  author: Profile,
  /** Only for its author and moderators, when moderators have hidden it. */
  hidden: Type.Optional(Hidden),
})
export type Comment = Static<typeof Comment>

export const ReportedComment = Type.Object({
  id: CommentId,
  articleId: Id,
  authorId: Id,
  body: Type.String(),
  hidden: Type.Union([Hidden, Type.Null()]),
  /** Those that no moderator has decided on. */
  reports: Type.Array(Report),
})
export type ReportedComment = Static<typeof ReportedComment>

const OneOfArticle = Type.Object({ ...BySlug.properties, id: CommentId })

export const comment = contract('comment', {
  ...personalData,
  /** Refused with `article_not_found`, like every operation here that names an article. */
  listComments: get('/articles/:slug/comments', {
    summary: 'Comments on an article, newest first (RealWorld)',
    path: BySlug,
    query: Type.Object({
      /** Only comments older than this one; for more than one page, which RealWorld does not know. */
      before: Type.Optional(CommentId),
      limit: Type.Integer({ minimum: 1, maximum: 500, default: 500 }),
    }),
    reply: Type.Object({ comments: Type.Array(Comment) }),
    access: 'anyone',
  }),
  /** Refused with `too_many_comments` after so many in an hour as COMMENTS_PER_HOUR says. */
  addComment: post('/articles/:slug/comments', {
    summary: 'Comment on an article (RealWorld)',
    path: BySlug,
    envelope: 'comment',
    body: Type.Object({ body: Text(10_000) }),
    bodyLimit: COMMENT_LIMIT_BYTES,
    reply: Type.Object({ comment: Comment }),
    status: 201,
    access: 'user',
  }),
  /** Refused with `comment_not_found`, also for a comment of another article, and with `not_your_comment`. */
  deleteComment: del('/articles/:slug/comments/:id', {
    summary: 'Delete your comment (RealWorld)',
    path: OneOfArticle,
    access: 'user',
  }),
  /** A second report of the same reader replaces the first. */
  reportComment: post('/articles/:slug/comments/:id/reports', {
    summary: 'Tell the moderators of a comment',
    path: OneOfArticle,
    body: NewReport,
    access: 'user',
    idempotent: true,
  }),
  listReportedComments: get('/moderation/comments', {
    summary: 'Comments with open reports, or hidden ones, newest first',
    query: Type.Object({
      state: Type.Enum(['reported', 'hidden'], { default: 'reported' }),
      cursor: Cursor,
      limit: PageSize,
    }),
    reply: page(ReportedComment),
    access: ['admin'],
  }),
  /** Closes its open reports. */
  moderateComment: put('/moderation/comments/:id', {
    summary: 'Hide a comment, or show it again',
    path: Type.Object({ id: CommentId }),
    body: Verdict,
    reply: ReportedComment,
    access: ['admin'],
    idempotent: true,
  }),
  /** For the seed. Articles that have comments already are left alone; nothing is published. */
  loadComments: post('/comments/internal', {
    summary: 'Many comments at once',
    body: Type.Object({
      comments: Type.Array(Type.Object({ articleId: Id, authorId: Id, body: Text(10_000), createdAt: Timestamp }), {
        maxItems: 10_000,
      }),
    }),
    access: 'internal',
    idempotent: true,
    bodyLimit: 64 * 1_048_576,
  }),
})

const Told = { commentId: CommentId, articleId: Id, authorId: Id }

export const commentAdded = event(
  'comment.added',
  Type.Object({
    ...Told,
    articleSlug: Type.String(),
    articleTitle: Type.String(),
    articleAuthorId: Id,
    body: Type.String(),
    createdAt: Timestamp,
  }),
)
/** By its author. The comments of an article that is deleted go without being told of one by one. */
export const commentDeleted = event('comment.deleted', Type.Object(Told))
export const commentHidden = event('comment.hidden', Type.Object({ ...Told, moderatorId: Id, reason: Type.String() }))
export const commentShown = event('comment.shown', Type.Object({ ...Told, moderatorId: Id }))
