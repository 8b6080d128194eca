import type { Handler } from '@doran/kernel'
import { profile } from '@doran/profile/contract'
import { findArticles } from '../article-list.ts'
import type { article } from '../contract.ts'
import { presentFeed } from '../present.ts'

export const feedArticles: Handler<typeof article, 'feedArticles'> = async ({ limit, offset }, ctx) => {
  const followedIds = await ctx.client(profile).listFollowed()
  return presentFeed(ctx, await findArticles(ctx.db, { followedIds, readerId: ctx.actor.id, limit, offset }))
}
