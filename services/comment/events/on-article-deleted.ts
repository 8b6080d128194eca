import { articleDeleted } from '@doran/article/contract'
import { on } from '@doran/kernel'
import { closeThread } from '../comments.ts'

/**
 * Deletes the comments of a deleted article. Running it twice is harmless: a closed thread stays closed and has no
 * comments.
 */
export const onArticleDeleted = on(articleDeleted, async ({ articleId }, ctx) => {
  await closeThread(ctx.db, articleId)
})
