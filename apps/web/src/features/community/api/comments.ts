import type { Comment } from '@doran/comment/contract'
import { queryOptions, useMutation } from '@tanstack/react-query'
import { queryClient } from '../../../api/query-client.ts'
import { api } from '../account.ts'
import type { Me } from './me.ts'

/** Newest first. */
export function commentsQuery(slug: string) {
  return queryOptions({
    queryKey: ['community', 'comments', slug],
    queryFn: async (): Promise<Comment[]> => (await api.comment.listComments({ slug })).comments,
  })
}

/** Whether the comment is shown before the API has accepted it. */
export function isUnderWay({ id }: Comment): boolean {
  return id < 0
}

export function useAddComment(slug: string, me: Me) {
  return useMutation({
    mutationFn: (body: string) => api.comment.addComment({ slug, body }),
    onMutate: async (body) => {
      await queryClient.cancelQueries({ queryKey: commentsQuery(slug).queryKey })
      const shown = newComment(body, me)
      change(slug, (comments) => [shown, ...comments])
      return shown
    },
    onError: (_error, _body, shown) => change(slug, (comments) => comments.filter(({ id }) => id !== shown?.id)),
    onSuccess: ({ comment }, _body, shown) =>
      change(slug, (comments) => comments.map((other) => (other.id === shown.id ? comment : other))),
  })
}

function newComment(body: string, { username, bio, image }: Me): Comment {
  const now = new Date().toISOString()
  return { id: -Date.now(), body, createdAt: now, updatedAt: now, author: { username, bio, image, following: false } }
}

export function useDeleteComment(slug: string, comment: Comment) {
  return useMutation({
    mutationFn: () => api.comment.deleteComment({ slug, id: comment.id }),
    onMutate: async () => {
      await queryClient.cancelQueries({ queryKey: commentsQuery(slug).queryKey })
      change(slug, (comments) => comments.filter(({ id }) => id !== comment.id))
    },
    onError: () => change(slug, (comments) => [...comments, comment].sort((a, b) => b.id - a.id)),
  })
}

function change(slug: string, to: (comments: Comment[]) => Comment[]): void {
  queryClient.setQueryData(commentsQuery(slug).queryKey, (comments) => to(comments ?? []))
}
