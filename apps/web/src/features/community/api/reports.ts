import type { NewReport } from '@doran/article/contract'
import type { Static } from '@doran/kernel/contract'
import { useMutation } from '@tanstack/react-query'
import { api } from '../account.ts'

/** The subject of a reader's report to the moderators: an article, or a comment on it. */
export interface Reported {
  slug: string
  commentId?: number
}

export function useReport({ slug, commentId }: Reported) {
  return useMutation({
    mutationFn: (report: Static<typeof NewReport>) =>
      commentId === undefined
        ? api.article.reportArticle({ slug, ...report })
        : api.comment.reportComment({ slug, id: commentId, ...report }),
  })
}
