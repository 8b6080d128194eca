import { domainError } from '@doran/kernel'

export const commentNotFound = domainError('comment_not_found', 404, 'There is no such comment on this article.', {
  comment: ['not found'],
})
export const notYourComment = domainError('not_your_comment', 403, 'Only its author may delete a comment.', {
  comment: ['forbidden'],
})
export const tooManyComments = domainError(
  'too_many_comments',
  429,
  'You have written {limit} comments within an hour, which is the most; go on later.',
  { comment: ['too many'] },
)
export const threadClosed = domainError('thread_closed', 404, 'The article was deleted.', { article: ['not found'] })
