import { articleDeleted } from '@doran/article/contract'
import { on } from '@doran/kernel'
import { closeThread } from '../comments.ts'

/**
 * The comments go with their article. Running it twice is harmless: a thread that is closed stays closed, and has no
 * comments.
 */
export const onArticleDeleted = on(articleDeleted, async ({ articleId }, ctx) => {
  await closeThread(ctx.db, articleId)
})
