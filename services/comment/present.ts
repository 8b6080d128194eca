/** Presents comments with their authors, as the RealWorld protocol defines them. */
import type { Actor, Context } from '@doran/kernel'
import { profile } from '@doran/profile/contract'
import type { CommentRow } from './comments.ts'
import type { Comment } from './contract.ts'

/** Gets the authors of all comments with one call. */
export async function presentComments(
  ctx: Pick<Context<Actor | undefined>, 'client'>,
  rows: readonly CommentRow[],
): Promise<Comment[]> {
  if (rows.length === 0) return []
  const userIds = [...new Set(rows.map(({ authorId }) => authorId))]
  const profiles = await ctx.client(profile).getProfiles({ userIds })
  const authors = new Map(profiles.map((author) => [author.userId, author]))
  return rows.map(({ id, authorId, body, createdAt, hiddenAt, hiddenReason }) => {
    const author = authors.get(authorId)
    if (!author) throw new Error('a comment has an author whom the user service does not know')
    const { username, bio, image, following } = author
    return {
      id,
      createdAt,
      // Comments are never changed.
      updatedAt: createdAt,
      body,
      author: { username, bio, image, following },
      ...(hiddenAt !== null && hiddenReason !== null && { hidden: { at: hiddenAt, reason: hiddenReason } }),
    }
  })
}
