import { BySlug, Hidden, NewReport, Report, Verdict } from '@doran/article/contract'
import {
  Cursor,
  contract,
  del,
  event,
  get,
  Id,
  Nullable,
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

/** Large enough for the longest comment, even from clients that escape each character as `\uXXXX`. */
const COMMENT_LIMIT_BYTES = 131_072

/** An integer, as the RealWorld protocol requires. */
const CommentId = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })

export const Comment = Type.Object({
  id: CommentId,
  createdAt: Timestamp,
  updatedAt: Timestamp,
  /** Markdown, stored as entered. The client that shows it must sanitise it. */
  body: Type.String(),
  author: Profile,
  /** Present if a moderator has hidden the comment. Only its author and moderators get such a comment. */
  hidden: Type.Optional(Hidden),
})
export type Comment = Static<typeof Comment>

export const ReportedComment = Type.Object({
  id: CommentId,
  articleId: Id,
  authorId: Id,
  body: Type.String(),
  hidden: Nullable(Hidden),
  /** The open reports. */
  reports: Type.Array(Report),
})
export type ReportedComment = Static<typeof ReportedComment>

const OneOfArticle = Type.Object({ ...BySlug.properties, id: CommentId })

export const comment = contract('comment', {
  ...personalData,
  /** Throws `article_not_found`, like every operation here that takes a slug. */
  listComments: get('/articles/:slug/comments', {
    summary: 'Comments on an article, newest first (RealWorld)',
    path: BySlug,
    query: Type.Object({
      /** Only comments older than this one. Doran adds this to the RealWorld protocol, which has no pages. */
      before: Type.Optional(CommentId),
      limit: Type.Integer({ minimum: 1, maximum: 500, default: 500 }),
    }),
    reply: Type.Object({ comments: Type.Array(Comment) }),
    access: 'anyone',
  }),
  /** Throws `too_many_comments` after COMMENTS_PER_HOUR comments within an hour. */
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
  /** Throws `comment_not_found`, also for a comment of another article, and `not_your_comment`. */
  deleteComment: del('/articles/:slug/comments/:id', {
    summary: 'Delete your comment (RealWorld)',
    path: OneOfArticle,
    access: 'user',
  }),
  /** A second report by the same reader replaces the first. */
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
  /** Closes the comment's open reports. */
  moderateComment: put('/moderation/comments/:id', {
    summary: 'Hide a comment, or show it again',
    path: Type.Object({ id: CommentId }),
    body: Verdict,
    reply: ReportedComment,
    access: ['admin'],
    idempotent: true,
  }),
  /** For the seed. Skips articles that have comments already and publishes nothing. */
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

const CommentReference = { commentId: CommentId, articleId: Id, authorId: Id }

export const commentAdded = event(
  'comment.added',
  Type.Object({
    ...CommentReference,
    articleSlug: Type.String(),
    articleTitle: Type.String(),
    articleAuthorId: Id,
    body: Type.String(),
    createdAt: Timestamp,
  }),
)
/** The author has deleted the comment. The deletion of an article publishes no event for each of its comments. */
export const commentDeleted = event('comment.deleted', Type.Object(CommentReference))
export const commentHidden = event(
  'comment.hidden',
  Type.Object({ ...CommentReference, moderatorId: Id, reason: Type.String() }),
)
export const commentShown = event('comment.shown', Type.Object({ ...CommentReference, moderatorId: Id }))
