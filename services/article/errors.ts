import { domainError } from '@doran/kernel'

export const articleNotFound = domainError('article_not_found', 404, 'There is no such article.', {
  article: ['not found'],
})
export const notYourArticle = domainError('not_your_article', 403, 'Only its author may change an article.', {
  article: ['forbidden'],
})
export const tooManyArticles = domainError(
  'too_many_articles',
  429,
  'You have published {limit} articles within an hour, which is the most; go on later.',
  { article: ['too many'] },
)
