import { event, Id, Timestamp, Type } from '@doran/kernel/contract'

const version = Type.Integer({ minimum: 1 })

/** Everything that search needs. */
const Content = {
  articleId: Id,
  version,
  slug: Type.String(),
  authorId: Id,
  title: Type.String(),
  description: Type.String(),
  body: Type.String(),
  tagList: Type.Array(Type.String()),
  createdAt: Timestamp,
  updatedAt: Timestamp,
}

export const articlePublished = event('article.published', Type.Object(Content))
/** The article after the change, hidden or not. */
export const articleUpdated = event('article.updated', Type.Object(Content))
export const articleDeleted = event('article.deleted', Type.Object({ articleId: Id, version, authorId: Id }))

const Moderated = { articleId: Id, version, slug: Type.String(), authorId: Id, moderatorId: Id }
export const articleHidden = event('article.hidden', Type.Object({ ...Moderated, reason: Type.String() }))
export const articleShown = event('article.shown', Type.Object(Moderated))

const Favorite = Type.Object({
  articleId: Id,
  authorId: Id,
  userId: Id,
  /** The later of two changes of one pair has the higher version. */
  version,
})
export const articleFavorited = event('article.favorited', Favorite)
export const articleUnfavorited = event('article.unfavorited', Favorite)
